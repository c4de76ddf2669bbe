import type { PublishedRun, Run } from '../../workflows/contract.ts';
import { TransferError } from '../failures.ts';
import type { ObjectStore } from '../stores/object-store.ts';
import { withStore, type BatchContext } from './context.ts';
import { mayBeSmall } from './small.ts';
import { loadPlan } from './ledger.ts';
import { isWhole, wholeKey, type Plan, type PlanReference } from './plan.ts';
import { publish } from './publish.ts';
import { publishedBefore, wholeRun } from './put-whole.ts';
import { isOfRun } from './staging.ts';

/**
 * The copy of a run that has ended without one, as far as anybody was told: its worker may have died after it had made
 * the copy visible, or the store's answers were lost. Of several objects the others are made visible, too, if that
 * is possible.
 */
export async function publishedAfterAll(
  context: BatchContext,
  run: Run,
  reference: unknown,
): Promise<PublishedRun | undefined> {
  return withStore(context, run.transfer, 'destination', async (store) => {
    const plan = await planIfKept(store, reference as PlanReference);
    if (plan === undefined) return undefined;
    if (!isWhole(plan))
      return (await anyVisible(store, run, plan)) ? finish(context, run, reference) : undefined;
    const key = wholeKey(plan);
    const result = await publishedBefore(store, run, key);
    return result && wholeRun(store, key, result);
  });
}

/** The same for a run whose plan nobody was told of, but which may have been small. */
export async function publishedWhilePlanning(
  context: BatchContext,
  run: Run,
): Promise<PublishedRun | undefined> {
  if (!mayBeSmall(run.transfer)) return undefined;
  return withStore(context, run.transfer, 'destination', async (store) => {
    const key = run.transfer.destination.objectKey;
    const result = await publishedBefore(store, run, key);
    return result && wholeRun(store, key, result);
  });
}

/** A discard that was interrupted has removed it: nothing was visible then. */
async function planIfKept(store: ObjectStore, reference: PlanReference): Promise<Plan | undefined> {
  return loadPlan(store, reference).catch((error: unknown) => {
    if (error instanceof TransferError && error.code === 'UploadLost') return undefined;
    throw error;
  });
}

async function anyVisible(store: ObjectStore, run: Run, plan: Plan): Promise<boolean> {
  for await (const key of resultKeys(store, plan)) {
    const object = await store.head(key);
    if (object !== undefined && isOfRun(object.metadata, run)) return true;
  }
  return false;
}

/** Where objects of the result may be. */
async function* resultKeys(store: ObjectStore, plan: Plan): AsyncGenerator<string> {
  if (plan.kind === 'verbatim') for (const { target } of plan.objects) yield target;
  else if (plan.destination.objects === undefined) yield plan.destination.key;
  else for await (const { key } of store.list(plan.destination.objects.prefix)) yield key;
}

/** To publish again recognises what is visible. */
async function finish(context: BatchContext, run: Run, plan: unknown): Promise<PublishedRun | undefined> {
  return publish(context, { run, plan }).catch((error: unknown) => {
    if (error instanceof TransferError && error.class !== 'retry') return undefined;
    throw error;
  });
}
