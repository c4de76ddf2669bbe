import { join } from 'node:path';
import { SEARCH_ATTRIBUTES } from '../../workflows/contract.ts';
import { flags } from './flags.ts';
import { get } from './http.ts';
import type { PlanInput, ServerPlan } from './plan.ts';

/** Temporal's development server with its Web UI; histories are kept in an SQLite file and survive restarts. */
export function planTemporal({ dir, port, program }: PlanInput): ServerPlan {
  const address = `127.0.0.1:${port('grpc')}`;
  const ui = `http://127.0.0.1:${port('ui')}`;
  return {
    environment: {
      DDC_TEMPORAL_ADDRESS: address,
      DDC_TEMPORAL_UI: ui,
      DDC_TEMPORAL_CLI: program('temporal'),
    },
    processes: [
      {
        name: 'temporal',
        readyWithinMs: 60_000,
        command: {
          program: program('temporal'),
          env: { HOME: dir },
          args: [
            'server',
            'start-dev',
            ...flags({
              ip: '127.0.0.1',
              port: port('grpc'),
              'ui-port': port('ui'),
              'http-port': port('http'),
              'metrics-port': port('metrics'),
              'db-filename': join(dir, 'temporal.db'),
              // Without these two, 50 workflows at once take four times as long.
              'sqlite-pragma': ['journal_mode=wal', 'synchronous=off'],
              'search-attribute': SEARCH_ATTRIBUTES.map((name) => `${name}=Keyword`),
              'log-level': 'warn',
              'log-format': 'json',
              'disable-config-file': true,
              'disable-config-env': true,
            }),
          ],
        },
        async probe(signal) {
          await get(`http://127.0.0.1:${port('http')}/api/v1/namespaces/default/workflows?pageSize=1`, {
            signal,
          });
          await get(`${ui}/`, { signal });
        },
      },
    ],
  };
}
