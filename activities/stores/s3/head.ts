import { HeadObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { TransferError, type FailureCode } from '../../failures.ts';
import type { ObjectInfo } from '../object-store.ts';
import { headersOf } from './headers.ts';
import type { Requests } from './requests.ts';

/** See ObjectStore.head. */
export async function head(requests: Requests, key: string): Promise<ObjectInfo | undefined> {
  const { client, bucket: Bucket, location } = requests;
  try {
    const answer = await requests.run(`looking at ${location(key)}`, () =>
      client.send(new HeadObjectCommand({ Bucket, Key: key })),
    );
    return {
      key,
      size: answer.ContentLength ?? 0,
      etag: answer.ETag ?? '',
      metadata: answer.Metadata ?? {},
      ...headersOf(answer),
    };
  } catch (error) {
    // The answer to a HEAD has no body that could say why: a listing is answered with a reason.
    if (!(error instanceof TransferError) || !BARE.has(error.code)) throw error;
    if (error.code !== 'ObjectNotFound' || !there.has(requests)) await requireBucket(requests);
    there.add(requests);
    if (error.code === 'ObjectNotFound') return undefined;
    throw error;
  }
}

/** Buckets that a connection has seen; one that goes meanwhile is missed by what comes next. */
const there = new WeakSet<Requests>();

const BARE: ReadonlySet<FailureCode> = new Set(['ObjectNotFound', 'InvalidOption', 'InvalidEndpoint']);

async function requireBucket({ run, client, bucket: Bucket, endpoint }: Requests): Promise<void> {
  try {
    await run(`looking into bucket ${Bucket}`, () =>
      client.send(new ListObjectsV2Command({ Bucket, MaxKeys: 1 })),
    );
  } catch (error) {
    if (error instanceof TransferError && error.code === 'BucketNotFound')
      throw new TransferError('BucketNotFound', `bucket ${Bucket} at ${endpoint} does not exist`);
    throw error;
  }
}
