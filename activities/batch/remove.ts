import pLimit from 'p-limit';
import { isAt } from '../../workflows/contract.ts';
import type {
  BatchActivities,
  DeleteTransferInput,
  DeletedData,
  KeptGeneration,
  PublishedRun,
  Run,
} from '../../workflows/contract.ts';
import { TransferError } from '../failures.ts';
import type { ObjectStore } from '../stores/object-store.ts';
import { withStore, type BatchContext } from './context.ts';
import { dropGeneration, pruneGenerations, removeGenerations } from './generations.ts';
import { publishedAfterAll, publishedWhilePlanning } from './published-after-all.ts';
import { removeStaging } from './remove-staging.ts';
import { METADATA_TRANSFER, isOfAnyPlan, isOfRun, runPrefix, transferPrefix } from './staging.ts';
import { targetPrefix } from './target.ts';

const PARALLEL_REQUESTS = 16;

/** After publish: the ledger, uploads that nobody remembers, what earlier runs left at other keys, too old generations. */
export async function cleanUp(
  context: BatchContext,
  input: Parameters<BatchActivities['cleanUp']>[0],
): Promise<KeptGeneration[] | undefined> {
  const { run, replaced, published } = input;
  return withStore(context, run.transfer, 'destination', async (store) => {
    // Also what earlier runs of this transfer could not remove themselves: one run is active at a time.
    await removeStaging(store, transferPrefix(run.transfer.uid));
    for (const object of replaced) await removeAllOwn(store, object.key, run.transfer.uid);
    // objects of the same place that this run has not written again; of Append, those of its plans before
    const overwrite = run.transfer.writeOperation === 'Overwrite';
    const keeps: Keeps = (metadata) => isOfRun(metadata, run) || (!overwrite && !isOfAnyPlan(metadata, run));
    if (overwrite || run.epoch > 0)
      for (const { key } of published)
        if (key.endsWith('/')) await removeAllOwn(store, key, run.transfer.uid, keeps);
    return run.transfer.keepGenerations === undefined ? undefined : pruneGenerations(store, run);
  });
}

/** Everything of a run that is not visible. When its copy turns out to be visible: nothing; it resolves with that. */
export async function discard(
  context: BatchContext,
  { run, plan, planMayHaveCopied = false }: Parameters<BatchActivities['discard']>[0],
): Promise<PublishedRun | undefined> {
  try {
    const published = await (plan !== undefined
      ? publishedAfterAll(context, run, plan)
      : planMayHaveCopied
        ? publishedWhilePlanning(context, run)
        : undefined);
    if (published === undefined)
      await withStore(context, run.transfer, 'destination', async (store) => {
        if (plan !== undefined) await removeAppended(store, run);
        await dropGeneration(store, run);
        await removeStaging(store, runPrefix(run));
      });
    return published;
  } catch (error) {
    // Without its bucket or its key nothing of the run can have been written.
    if (error instanceof TransferError && error.code === 'BucketNotFound') return undefined;
    throw error;
  }
}

/** What a run has appended before it failed: nobody else's objects have these names, and no later run replaces them. */
async function removeAppended(store: ObjectStore, run: Run): Promise<void> {
  const { writeOperation, destination, uid } = run.transfer;
  const prefix = targetPrefix(destination);
  if (writeOperation !== 'Append' || prefix === undefined) return;
  await removeAllOwn(store, prefix, uid, (metadata) => !isOfAnyPlan(metadata, run));
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
    await removeGenerations(store, transfer.uid);
    await removeStaging(store, transferPrefix(transfer.uid));
  }).catch((error: unknown) => {
    if (error instanceof TransferError && error.code === 'BucketNotFound') return;
    throw error;
  });
  return { deleted, kept };
}

/** Whether an object with this metadata is to stay. */
type Keeps = (metadata: Record<string, string>) => boolean;

/** Removes the object, or all below a key that ends with `/`, that the transfer wrote and `keeps` does not name. */
async function removeAllOwn(
  store: ObjectStore,
  key: string,
  uid: string,
  keeps: Keeps = () => false,
): Promise<{ deleted: string[]; foreign: string[] }> {
  const keys: string[] = [];
  if (key.endsWith('/')) for await (const object of store.list(key)) keys.push(object.key);
  else keys.push(key);
  const outcomes = await pLimit(PARALLEL_REQUESTS).map(keys, async (candidate) => {
    const object = await store.head(candidate);
    if (object === undefined) return 'absent';
    if (object.metadata[METADATA_TRANSFER] !== uid) return 'foreign';
    return keeps(object.metadata) ? 'kept' : 'own';
  });
  const those = (outcome: string): string[] => keys.filter((_, index) => outcomes[index] === outcome);
  await store.delete(those('own'));
  return {
    deleted: those('own').map((own) => store.location(own)),
    foreign: those('foreign').map((other) => store.location(other)),
  };
}
