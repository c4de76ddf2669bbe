import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import type { RangeReader } from '../../formats/format.ts';
import { TransferError } from '../../failures.ts';
import { giveBack } from '../../give-back.ts';
import type { ObjectInfo } from '../object-store.ts';
import { isTransient, storeError } from './errors.ts';
import type { Requests } from './requests.ts';

/** In a row, without a byte in between. */
const MOST_FAILURES = 7;
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 4_000;

type PinnedObject = Pick<ObjectInfo, 'key' | 'size' | 'etag'>;

/** Ranged reads of one version of an object. A body that breaks off is continued where it stopped. */
export function rangeReader(requests: Requests, object: PinnedObject): RangeReader {
  return {
    location: requests.location(object.key),
    size: object.size,
    read: async (start, end) => readRange(requests, object, start, end),
  };
}

/** See ObjectStore.fill. */
export async function fill(
  requests: Requests,
  object: PinnedObject,
  start: number,
  target: Uint8Array,
): Promise<void> {
  let filled = 0;
  for await (const piece of readRange(requests, object, start, start + target.length)) {
    target.set(piece, filled);
    filled += piece.length;
    giveBack(piece);
  }
}

async function* readRange(
  requests: Requests,
  object: PinnedObject,
  start: number,
  end: number,
): AsyncIterable<Uint8Array> {
  const doing = `reading ${requests.location(object.key)}`;
  let position = start;
  let failures = 0;
  while (position < end) {
    try {
      const body = await openRange(requests, object, position, end);
      giveBackReceived(body);
      for await (const piece of body as AsyncIterable<Buffer>) {
        if (position + piece.length > end)
          throw new TransferError('StoreUnavailable', `${doing}: more bytes than asked for`);
        position += piece.length;
        failures = 0;
        if (requests.meter.metersBytes) await requests.meter.bytes(piece.length);
        yield piece;
      }
      if (position < end) throw new TransferError('StoreUnavailable', `${doing}: the answer was cut off`);
    } catch (error) {
      const known = storeError(error, doing, requests.endpoint);
      failures += 1;
      if (!isTransient(known) || failures > MOST_FAILURES) throw known;
      await delay(Math.min(FIRST_DELAY_MS * 2 ** failures, LONGEST_DELAY_MS) * Math.random());
    }
  }
}

/** The body of an answer that is exactly what was asked for: a proxy may ignore Range, and send the whole object. */
async function openRange(
  { client, bucket, endpoint, location, meter }: Requests,
  object: PinnedObject,
  start: number,
  end: number,
): Promise<IncomingMessage> {
  await meter.request();
  const answer = await client.send(
    new GetObjectCommand({
      Bucket: bucket,
      Key: object.key,
      Range: `bytes=${start}-${end - 1}`,
      IfMatch: object.etag,
    }),
  );
  const body = answer.Body as unknown as IncomingMessage;
  const wanted = `bytes ${start}-${end - 1}/${object.size}`;
  if (answer.$metadata.httpStatusCode === 206 && answer.ContentRange === wanted) return body;
  body.destroy();
  const got = answer.ContentRange ?? `status ${answer.$metadata.httpStatusCode} without Content-Range`;
  throw new TransferError(
    'InvalidEndpoint',
    `reading ${location(object.key)}: ${endpoint}, or a proxy before it, does not answer to Range as S3 does: asked for ${wanted}, got ${got}`,
  );
}

/**
 * Node's parser of HTTP, whose listener comes first, has copied what is in the socket's own buffers. What comes after the
 * body is not this answer's: the connection may have the next request before all of the body has been taken.
 */
function giveBackReceived(body: IncomingMessage): void {
  const { socket } = body;
  const parsed = (bytes: Buffer): void => {
    if (!body.complete) giveBack(bytes);
  };
  socket.on('data', parsed);
  body.once('close', () => socket.off('data', parsed));
}
