import { setTimeout as delay } from 'node:timers/promises';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { RangeReader } from '../../formats/format.ts';
import { TransferError } from '../../failures.ts';
import { isTransient, storeError } from './errors.ts';

const RESUMES = 4;
const FIRST_DELAY_MS = 200;

interface PinnedObject {
  client: S3Client;
  endpoint: string;
  bucket: string;
  key: string;
  etag: string;
  size: number;
  location: string;
}

/**
 * Ranged reads of one version of an object (If-Match on each). A body that breaks off is continued where it
 * stopped; the client library itself retries only until the first byte.
 */
export function rangeReader(object: PinnedObject): RangeReader {
  return {
    location: object.location,
    size: object.size,
    read: async (start, end) => readRange(object, start, end),
  };
}

async function* readRange(object: PinnedObject, start: number, end: number): AsyncIterable<Uint8Array> {
  let position = start;
  let failures = 0;
  while (position < end) {
    try {
      for await (const piece of await openRange(object, position, end)) {
        if (position + piece.length > end)
          throw new TransferError(
            'StoreUnavailable',
            `reading ${object.location}: more bytes than asked for`,
          );
        position += piece.length;
        yield piece;
      }
      if (position < end)
        throw new TransferError('StoreUnavailable', `reading ${object.location}: the answer was cut off`);
    } catch (error) {
      const known = storeError(error, `reading ${object.location}`, object.endpoint);
      if (!isTransient(known) || failures >= RESUMES) throw known;
      failures += 1;
      await delay(FIRST_DELAY_MS * 2 ** failures * Math.random());
    }
  }
}

async function openRange(
  object: PinnedObject,
  start: number,
  end: number,
): Promise<AsyncIterable<Uint8Array>> {
  const answer = await object.client.send(
    new GetObjectCommand({
      Bucket: object.bucket,
      Key: object.key,
      Range: `bytes=${start}-${end - 1}`,
      IfMatch: object.etag,
    }),
  );
  return answer.Body as unknown as AsyncIterable<Uint8Array>;
}
