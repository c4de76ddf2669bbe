import { join } from 'node:path';
import { SEARCH_ATTRIBUTES } from '../../workflows/contract.ts';
import { get } from './http.ts';
import type { PlanInput, ServerPlan } from './plan.ts';

/** Temporal's development server with its Web UI; histories are kept in an SQLite file and survive restarts. */
export function planTemporal({ dir, ports, programs }: PlanInput<'temporal'>): ServerPlan {
  const address = `127.0.0.1:${ports.grpc}`;
  const ui = `http://127.0.0.1:${ports.ui}`;
  return {
    environment: {
      DDC_TEMPORAL_ADDRESS: address,
      DDC_TEMPORAL_UI: ui,
      DDC_TEMPORAL_CLI: programs.temporal,
    },
    processes: [
      {
        name: 'temporal',
        readyWithinMs: 60_000,
        command: {
          program: programs.temporal,
          env: { HOME: dir },
          args: [
            ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(ports.grpc)],
            ...['--ui-port', String(ports.ui), '--http-port', String(ports.http)],
            ...['--metrics-port', String(ports.metrics), '--db-filename', join(dir, 'temporal.db')],
            // Without these two, 50 workflows at once take four times as long.
            ...['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=off'],
            ...SEARCH_ATTRIBUTES.flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
            ...['--log-level', 'warn', '--log-format', 'json', '--disable-config-file', '--disable-config-env'],
          ],
        },
        async probe(signal) {
          await get(`http://127.0.0.1:${ports.http}/api/v1/namespaces/default/workflows?pageSize=1`, { signal });
          await get(`${ui}/`, { signal });
        },
      },
    ],
  };
}
