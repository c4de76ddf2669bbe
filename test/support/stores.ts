import { minio } from './minio.ts';
import * as versitygw from './s3.ts';

/** Every object store that the tests run against. */
export const stores = [
  { name: 'versitygw', ...versitygw },
  { name: 'minio', ...minio },
] as const;
