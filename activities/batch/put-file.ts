import { stat } from 'node:fs/promises';
import { TransferError } from '../failures.ts';
import type { ObjectStore } from '../stores/object-store.ts';

/** What S3 takes in one request. A multipart upload here would be one that nobody remembers after a kill. */
const MOST_BYTES = 5 * 1024 ** 3;

/** Publishes a local file as one object, atomically. */
export async function putFile(
  store: ObjectStore,
  key: string,
  file: string,
  metadata: Record<string, string>,
): Promise<{ etag: string; bytes: number }> {
  const { size: bytes } = await stat(file);
  if (bytes > MOST_BYTES)
    throw new TransferError(
      'Unsupported',
      `${store.location(key)}: one chunk has become ${bytes} bytes; at most ${MOST_BYTES} are supported`,
    );
  const { etag } = await store.put(key, { file, start: 0, end: bytes }, { metadata });
  return { etag, bytes };
}
