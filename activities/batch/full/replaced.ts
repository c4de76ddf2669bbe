import { randomUUID } from 'node:crypto';
import type { BatchActivities, Run } from '../../../workflows/contract.ts';
import { TransferError } from '../../failures.ts';
import { withStore, type BatchContext } from '../context.ts';
import { mapSettled } from '../map-settled.ts';
import type { ObjectStore, UploadOptions } from '../../stores/object-store.ts';
import { isOfRun, keptKey, replacedKey } from '../staging.ts';
import { copyObject, optionsOf } from './copy-object.ts';

const PARALLEL_OBJECTS = 16;

/** What was at a key before publish: nothing, or an object that is kept beside the ledger. */
interface Replaced {
  key: string;
  /** ETag of the object itself; that of the kept one may be another. */
  etag?: string;
  kept?: { key: string; etag: string; size: number; options: UploadOptions };
}

/**
 * Keeps what is at the keys that are about to be written, until the published objects are verified. An attempt after
 * another one finds what that has published, and leaves what it has kept; what others have written since is kept, too.
 */
export async function keepReplaced(store: ObjectStore, run: Run, keys: readonly string[]): Promise<void> {
  const earlier = new Map((await keptBefore(store, run))?.map((replaced) => [replaced.key, replaced]));
  const replaced = await mapSettled(keys, PARALLEL_OBJECTS, async (key): Promise<Replaced> => {
    const object = await store.head(key);
    const before = earlier.get(key);
    if (object === undefined) return before ?? { key };
    if (isOfRun(object.metadata, run)) return before ?? overtaken(store, key);
    if (before?.etag === object.etag) return before;
    const kept = keptKey(run, randomUUID());
    const { etag } = await copyObject(store, run, object, kept, {});
    const copied = { key: kept, etag, size: object.size, options: optionsOf(object) };
    return { key, etag: object.etag, kept: copied };
  });
  await store.put(replacedKey(run), Buffer.from(JSON.stringify(replaced)));
}

/** What was there before is not there any more. */
function overtaken(store: ObjectStore, key: string): never {
  throw new TransferError(
    'DestinationBusy',
    `${store.location(key)}: another attempt of this run has published meanwhile`,
  );
}

async function keptBefore(store: ObjectStore, run: Run): Promise<Replaced[] | undefined> {
  const text = await store.get(replacedKey(run));
  return text && (JSON.parse(text.toString()) as Replaced[]);
}

/** Brings back what was there before publish. What others have written since is left. Idempotent. */
export async function restore(
  context: BatchContext,
  { run }: Parameters<BatchActivities['restore']>[0],
): Promise<void> {
  await withStore(context, run.transfer, 'destination', async (store) => {
    const replaced = (await keptBefore(store, run)) ?? [];
    await mapSettled(replaced, PARALLEL_OBJECTS, async ({ key, kept }) => {
      const object = await store.head(key);
      if (object === undefined || !isOfRun(object.metadata, run)) return;
      if (kept === undefined) await store.delete([key]);
      else await copyObject(store, run, kept, key, kept.options);
    });
  }).catch((error: unknown) => {
    // then nothing has been published there
    if (error instanceof TransferError && error.code === 'BucketNotFound') return;
    throw error;
  });
}
