import type { BatchActivities, Run } from '../../../workflows/contract.ts';
import { TransferError } from '../../failures.ts';
import { withStore, type BatchContext } from '../context.ts';
import { mapSettled } from '../map-settled.ts';
import type { ObjectInfo, ObjectStore, UploadOptions } from '../../stores/object-store.ts';
import { isOfRun, keptKey, replacedKey } from '../staging.ts';
import { copyObject } from './copy-object.ts';

const PARALLEL_OBJECTS = 16;

/** What was at a key before publish: nothing, or an object that is kept beside the ledger. */
interface Replaced {
  key: string;
  kept?: { key: string; etag: string; size: number; options: UploadOptions };
}

/**
 * Keeps what is at the keys that are about to be written, until the published objects are verified. An attempt after one that
 * got through leaves it: it may have published since.
 */
export async function keepReplaced(store: ObjectStore, run: Run, keys: readonly string[]): Promise<void> {
  if ((await store.get(replacedKey(run))) !== undefined) return;
  const replaced = await mapSettled(keys, PARALLEL_OBJECTS, async (key, number): Promise<Replaced> => {
    const object = await store.head(key);
    if (object === undefined) return { key };
    const kept = keptKey(run, number);
    const { etag } = await copyObject(store, run, object, kept, {});
    return { key, kept: { key: kept, etag, size: object.size, options: optionsOf(object) } };
  });
  await store.put(replacedKey(run), Buffer.from(JSON.stringify(replaced)));
}

function optionsOf({ key: _key, size: _size, etag: _etag, ...options }: ObjectInfo): UploadOptions {
  return options;
}

/** Brings back what was there before publish. What others have written since is left. Idempotent. */
export async function restore(
  context: BatchContext,
  { run }: Parameters<BatchActivities['restore']>[0],
): Promise<void> {
  await withStore(context, run.transfer, 'destination', async (store) => {
    const text = await store.get(replacedKey(run));
    if (text === undefined) return;
    const replaced = JSON.parse(text.toString()) as Replaced[];
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
