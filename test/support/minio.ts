import { bucketsOf } from './buckets.ts';

/** The second S3 server of this run of the tests, for what differs between stores. */
export const minio = bucketsOf({
  DDC_S3_ENDPOINT: process.env['DDC_MINIO_ENDPOINT'],
  DDC_S3_ACCESS_KEY: process.env['DDC_MINIO_ACCESS_KEY'],
  DDC_S3_SECRET_KEY: process.env['DDC_MINIO_SECRET_KEY'],
});
