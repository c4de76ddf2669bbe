import { isAt } from '../../workflows/contract.ts';
import type { DeleteTransferInput, DeletedData, Run, WrittenObject } from '../../workflows/contract.ts';
import { TransferError } from '../failures.ts';
import type { ObjectStore } from '../stores/object-store.ts';
import { withStore, type BatchContext } from './context.ts';
import type { Plan } from './plan.ts';
import { METADATA_TRANSFER, isPlanKey, runPrefix, transferPrefix } from './staging.ts';

/** Clocks of store and worker may differ by so much. */
const CLOCK_SKEW_MS = 60_000;

/** After publish: the ledger, uploads that nobody remembers, and what earlier generations left at other keys. */
export async function cleanUp(
  context: BatchContext,
  input: { run: Run; replaced: WrittenObject[] },
): Promise<void> {
  const { run, replaced } = input;
  await withStore(context, run.transfer.destination, async (store) => {
    // Also what earlier runs of this transfer could not remove themselves: one run is active at a time.
    await removeStaging(store, transferPrefix(run.transfer.uid));
    await sweepUploads(store, run.transfer.destination.objectKey, run.startedAt);
    for (const object of replaced) await removeOwn(store, object.key, run.transfer.uid);
  });
}

/** Everything of a run that is not visible. */
export async function discard(context: BatchContext, input: { run: Run }): Promise<void> {
  const { run } = input;
  await withStore(context, run.transfer.destination, async (store) => {
    await removeStaging(store, runPrefix(run));
    await sweepUploads(store, run.transfer.destination.objectKey, run.startedAt);
  }).catch((error: unknown) => {
    // Without its bucket or its key nothing of the run can have been written.
    if (error instanceof TransferError && error.code === 'BucketNotFound') return;
    throw error;
  });
}

/** Removes what a transfer has published, and what any of its runs left. Only objects whose metadata names it. */
export async function deleteData(context: BatchContext, input: DeleteTransferInput): Promise<DeletedData> {
  const { transfer, objects } = input;
  const deleted: string[] = [];
  const kept: string[] = [];
  await withStore(context, transfer.destination, async (store) => {
    const keys = new Set([transfer.destination.objectKey]);
    for (const object of objects)
      if (isAt(object, transfer.destination)) keys.add(object.key);
      else
        kept.push(
          `s3://${object.bucket}/${object.key} at ${object.endpoint}: the resource has no credentials for it any more`,
        );
    for (const key of keys) {
      const outcome = await removeOwn(store, key, transfer.uid);
      if (outcome === 'deleted') deleted.push(store.location(key));
      if (outcome === 'foreign') kept.push(`${store.location(key)}: not written by this transfer`);
    }
    await removeStaging(store, transferPrefix(transfer.uid));
  }).catch((error: unknown) => {
    if (error instanceof TransferError && error.code === 'BucketNotFound') return;
    throw error;
  });
  return { deleted, kept };
}

async function removeOwn(
  store: ObjectStore,
  key: string,
  uid: string,
): Promise<'deleted' | 'absent' | 'foreign'> {
  const object = await store.head(key);
  if (object === undefined) return 'absent';
  if (object.metadata[METADATA_TRANSFER] !== uid) return 'foreign';
  await store.delete([key]);
  return 'deleted';
}

/** Aborts the uploads that stored plans name, then deletes all objects under the prefix. */
async function removeStaging(store: ObjectStore, prefix: string): Promise<void> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  for (const key of keys.filter(isPlanKey)) {
    const text = await store.get(key);
    const { key: target, uploadId } = text === undefined ? {} : planDestination(text);
    if (target !== undefined && uploadId !== undefined) await store.abortUpload(target, uploadId);
  }
  await store.delete(keys);
}

function planDestination(text: Buffer): Partial<Plan['destination']> {
  try {
    return (JSON.parse(text.toString()) as Plan).destination;
  } catch {
    return {};
  }
}

/**
 * An upload whose creation was never recorded (the worker died in between) holds no part and began after the
 * run. Uploads of others that hold data are left alone.
 */
async function sweepUploads(store: ObjectStore, key: string, startedAt: string): Promise<void> {
  const since = Date.parse(startedAt) - CLOCK_SKEW_MS;
  for (const upload of await store.emptyUploads(key))
    if (upload.initiated.getTime() >= since) await store.abortUpload(key, upload.uploadId);
}
