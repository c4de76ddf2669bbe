import pLimit from 'p-limit';
import { isAt } from '../../workflows/contract.ts';
import type { BatchActivities, DeleteTransferInput, DeletedData, Run } from '../../workflows/contract.ts';
import { TransferError } from '../failures.ts';
import type { ObjectStore } from '../stores/object-store.ts';
import { withStore, type BatchContext } from './context.ts';
import { uploadsOf, type Plan, type RecordedUpload } from './plan.ts';
import { METADATA_TRANSFER, isOfRun, isPlanKey, isUploadKey, runPrefix, transferPrefix } from './staging.ts';
import { targetPrefix } from './target.ts';

/** Clocks of store and worker may differ by so much. */
const CLOCK_SKEW_MS = 60_000;
const PARALLEL_REQUESTS = 16;

/** After publish: the ledger, uploads that nobody remembers, and what earlier generations left at other keys. */
export async function cleanUp(
  context: BatchContext,
  input: Parameters<BatchActivities['cleanUp']>[0],
): Promise<void> {
  const { run, replaced, published } = input;
  await withStore(context, run.transfer, 'destination', async (store) => {
    // Also what earlier runs of this transfer could not remove themselves: one run is active at a time.
    await removeStaging(store, transferPrefix(run.transfer.uid));
    await sweepUploads(store, run.transfer.destination.objectKey, run.startedAt);
    for (const object of replaced) await removeAllOwn(store, object.key, run.transfer.uid);
    // objects of the same place that this run has not written again
    if (run.transfer.writeOperation === 'Overwrite')
      for (const { key } of published)
        if (key.endsWith('/')) await removeAllOwn(store, key, run.transfer.uid, run);
  });
}

/** Everything of a run that is not visible. */
export async function discard(context: BatchContext, input: { run: Run }): Promise<void> {
  const { run } = input;
  await withStore(context, run.transfer, 'destination', async (store) => {
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
  await withStore(context, transfer, 'destination', async (store) => {
    const keys = new Set([targetPrefix(transfer.destination) ?? transfer.destination.objectKey]);
    for (const object of objects)
      if (isAt(object, transfer.destination)) keys.add(object.key);
      else
        kept.push(
          `s3://${object.bucket}/${object.key} at ${object.endpoint}: the resource has no credentials for it any more`,
        );
    for (const key of keys) {
      const { deleted: gone, foreign } = await removeAllOwn(store, key, transfer.uid);
      deleted.push(...gone);
      // below a prefix others may have their data, which is nothing to tell of
      if (!key.endsWith('/'))
        kept.push(...foreign.map((location) => `${location}: not written by this transfer`));
    }
    await removeStaging(store, transferPrefix(transfer.uid));
  }).catch((error: unknown) => {
    if (error instanceof TransferError && error.code === 'BucketNotFound') return;
    throw error;
  });
  return { deleted, kept };
}

/** Removes the object, or all below a key that ends with `/`, that the transfer wrote; but what `except` wrote. */
async function removeAllOwn(
  store: ObjectStore,
  key: string,
  uid: string,
  except?: Run,
): Promise<{ deleted: string[]; foreign: string[] }> {
  const keys: string[] = [];
  if (key.endsWith('/')) for await (const object of store.list(key)) keys.push(object.key);
  else keys.push(key);
  const outcomes = await pLimit(PARALLEL_REQUESTS).map(keys, async (candidate) => {
    const object = await store.head(candidate);
    if (object === undefined) return 'absent';
    if (object.metadata[METADATA_TRANSFER] !== uid) return 'foreign';
    return except !== undefined && isOfRun(object.metadata, except) ? 'kept' : 'own';
  });
  const those = (outcome: string): string[] => keys.filter((_, index) => outcomes[index] === outcome);
  await store.delete(those('own'));
  return {
    deleted: those('own').map((own) => store.location(own)),
    foreign: those('foreign').map((other) => store.location(other)),
  };
}

/** Aborts the uploads that stored plans name, then deletes all objects under the prefix. */
async function removeStaging(store: ObjectStore, prefix: string): Promise<void> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  for (const key of keys.filter((name) => isPlanKey(name) || isUploadKey(name))) {
    const text = await store.get(key);
    for (const { key: target, uploadId } of text === undefined ? [] : recordedUploads(text))
      await store.abortUpload(target, uploadId);
  }
  await store.delete(keys);
}

/** Of a plan, or of a record that publish has made. */
function recordedUploads(text: Buffer): RecordedUpload[] {
  try {
    const record = JSON.parse(text.toString()) as Plan | RecordedUpload;
    return 'kind' in record ? uploadsOf(record) : [record];
  } catch {
    return [];
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
