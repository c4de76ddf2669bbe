import { bucketsOf } from './buckets.ts';

const minio = bucketsOf({
  DDC_S3_ENDPOINT: process.env['DDC_MINIO_ENDPOINT'],
  DDC_S3_ACCESS_KEY: process.env['DDC_MINIO_ACCESS_KEY'],
  DDC_S3_SECRET_KEY: process.env['DDC_MINIO_SECRET_KEY'],
});

/** Every object store that the tests run against. */
export const stores = [
  { name: 'versitygw', ...bucketsOf(process.env) },
  { name: 'minio', ...minio },
] as const;
