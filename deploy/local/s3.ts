import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { flags } from './flags.ts';
import { get } from './http.ts';
import type { PlanInput, ServerPlan } from './plan.ts';
import { secretKeyOf } from './secret-key.ts';

const ACCESS_KEY = 'ddc-local';

/** versitygw: an S3 server, with versioning, that keeps objects as files. Region us-east-1. */
export function planS3({ dir, port, program }: PlanInput): ServerPlan {
  const endpoint = `http://127.0.0.1:${port('s3')}`;
  const data = join(dir, 'data');
  const versions = join(dir, 'versions');
  for (const each of [data, versions]) mkdirSync(each, { recursive: true });
  const secretKey = secretKeyOf(dir);
  return {
    environment: { DDC_S3_ENDPOINT: endpoint, DDC_S3_ACCESS_KEY: ACCESS_KEY, DDC_S3_SECRET_KEY: secretKey },
    processes: [
      {
        name: 'versitygw',
        readyWithinMs: 30_000,
        command: {
          program: program('versitygw'),
          env: { HOME: dir, ROOT_ACCESS_KEY: ACCESS_KEY, ROOT_SECRET_KEY: secretKey },
          args: [
            ...flags({
              port: `127.0.0.1:${port('s3')}`,
              region: 'us-east-1',
              quiet: true,
              health: '/healthz',
              // Besides the path style.
              'virtual-domain': `localhost:${port('s3')}`,
            }),
            'posix',
            ...flags({ 'versioning-dir': versions }),
            data,
          ],
        },
        async probe(signal) {
          await get(`${endpoint}/healthz`, { signal });
        },
      },
    ],
  };
}
