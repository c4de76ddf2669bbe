import { bucketsOf } from './buckets.ts';

/** The shared S3 server of this run of the tests. */
export const { endpoint, accessKey, secretKey, createBucket, put, get, keys, uploads, s3Side } = bucketsOf(
  process.env,
);
