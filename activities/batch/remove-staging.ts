import pLimit from 'p-limit';
import { TransferError } from '../failures.ts';
import type { ObjectStore } from '../stores/object-store.ts';
import { isPlanKey, isUploadKey } from './staging.ts';
import { readUploads } from './upload-records.ts';

/** Clocks of store and worker may differ by so much. */
const CLOCK_SKEW_MS = 60_000;
const PARALLEL_REQUESTS = 16;
/** Keys that are held at once. */
const BATCH = 1_000;
const MOST_ROUNDS = 10;

/**
 * Ends the uploads that plans and records under the prefix tell of, and deletes all objects there, until none is left: a
 * worker that was thought dead may have written meanwhile.
 */
export async function removeStaging(store: ObjectStore, prefix: string): Promise<void> {
  for (let round = 0; round < MOST_ROUNDS; round += 1) if (!(await removeListed(store, prefix))) return;
  throw new TransferError(
    'StoreUnavailable',
    `${store.location(prefix)}: what is deleted there is listed again and again`,
  );
}

/** Resolves with whether there was anything. */
async function removeListed(store: ObjectStore, prefix: string): Promise<boolean> {
  let found = false;
  let batch: string[] = [];
  for await (const { key } of store.list(prefix)) {
    found = true;
    batch.push(key);
    if (batch.length < BATCH) continue;
    await removeKeys(store, batch);
    batch = [];
  }
  await removeKeys(store, batch);
  return found;
}

/** A record goes after the uploads that it tells of. */
async function removeKeys(store: ObjectStore, keys: string[]): Promise<void> {
  for (const key of keys.filter((name) => isPlanKey(name) || isUploadKey(name))) {
    const text = await store.get(key);
    if (text === undefined) continue;
    const { recorded, opening } = readUploads(text);
    const limit = pLimit(PARALLEL_REQUESTS);
    await limit.map(recorded, (upload) => store.abortUpload(upload.key, upload.uploadId));
    if (opening !== undefined)
      await limit.map(opening.opening, (opened) => sweepUploads(store, opened, opening.since));
  }
  await store.delete(keys);
}

/** An upload that nobody knows holds no part and is not older than the run. Those of others that hold data are left. */
async function sweepUploads(store: ObjectStore, key: string, startedAt: string): Promise<void> {
  const since = Date.parse(startedAt) - CLOCK_SKEW_MS;
  for (const upload of await store.emptyUploads(key))
    if (upload.initiated.getTime() >= since) await store.abortUpload(key, upload.uploadId);
}
