import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { flags } from './flags.ts';
import { get } from './http.ts';
import type { PlanInput, ServerPlan } from './plan.ts';
import { secretKeyOf } from './secret-key.ts';

const ACCESS_KEY = 'ddc-local';

/** MinIO: a second S3 server, which differs from the first where stores differ. Buckets also as `BUCKET.localhost`. */
export function planMinio({ dir, port, program }: PlanInput): ServerPlan {
  const endpoint = `http://127.0.0.1:${port('minio')}`;
  const data = join(dir, 'data');
  mkdirSync(data, { recursive: true });
  const secretKey = secretKeyOf(dir);
  return {
    environment: {
      DDC_MINIO_ENDPOINT: endpoint,
      DDC_MINIO_ACCESS_KEY: ACCESS_KEY,
      DDC_MINIO_SECRET_KEY: secretKey,
    },
    processes: [
      {
        name: 'minio',
        readyWithinMs: 60_000,
        command: {
          program: program('minio'),
          env: {
            HOME: dir,
            MINIO_ROOT_USER: ACCESS_KEY,
            MINIO_ROOT_PASSWORD: secretKey,
            MINIO_DOMAIN: 'localhost',
            MINIO_BROWSER: 'off',
            MINIO_UPDATE: 'off',
            MINIO_CALLHOME_ENABLE: 'off',
          },
          args: ['server', ...flags({ quiet: true, address: `127.0.0.1:${port('minio')}` }), data],
        },
        async probe(signal) {
          await get(`${endpoint}/minio/health/ready`, { signal });
        },
      },
    ],
  };
}
