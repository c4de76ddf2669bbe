import { randomUUID } from 'node:crypto';
import type { BatchActivities, PlannedRun, Run } from '../../workflows/contract.ts';
import type { ObjectInfo, ObjectStore } from '../stores/object-store.ts';
import { connectionTo, withStore, type BatchContext } from './context.ts';
import type { PlanJobResult } from './jobs.ts';
import { storePlan } from './ledger.ts';
import { mapSettled } from './map-settled.ts';
import { orAborted } from './or-aborted.ts';
import { chunkCount, isWhole, type Plan, type PlanReference } from './plan.ts';
import { receiptKey } from './receipt-key.ts';
import { chunksPerSlice } from './slices.ts';
import { runSecrets } from './run-secrets.ts';
import { objectMetadata, planKey } from './staging.ts';
import { recordOpening } from './upload-records.ts';
import { describedAs } from './verbatim/copy.ts';

/** Temporal warns about payloads beyond 256 KiB; other parts of the same payload need room. */
const MAX_INLINE_BYTES = 192 * 1024;
const PARALLEL_UPLOADS = 16;

export async function planRun(
  context: BatchContext,
  input: Parameters<BatchActivities['plan']>[0],
  signal: AbortSignal,
): Promise<PlannedRun> {
  const { run, hints } = input;
  const { transfer } = run;
  const stores = {
    source: await connectionTo(context, transfer, 'source'),
    destination: await connectionTo(context, transfer, 'destination'),
  };
  // A destination that cannot be reached is known before anything is copied, and before the status says that the
  // run may have written; what is wrong with the source is told first.
  const looked = withStore(context, transfer, 'destination', (store) =>
    store.head(transfer.destination.objectKey),
  );
  looked.catch(() => undefined);
  const secrets = await runSecrets(context.secrets, run, stores.destination);
  const job = { type: 'plan' as const, run, hints, ...stores, secrets };
  const { plan, ...found } = await context.pool.run<PlanJobResult>(job, run.runId, signal);
  rememberReplaced(plan, await orAborted(signal, looked));
  const key = receiptKey(run.transfer, run.runId, context.receipts.prefix);
  const receipt = key === undefined ? {} : { receiptKey: key };
  const chunks = chunkCount(plan);
  const whole = isWhole(plan);
  const inline: PlanReference = { kind: 'inline', plan };
  const sliceSize = chunksPerSlice(chunks);
  if (whole && JSON.stringify(inline).length <= MAX_INLINE_BYTES)
    return { chunks, sliceSize, whole, staged: false, plan: inline, ...receipt, ...found };
  const stored = await withStore(context, transfer, 'destination', async (store) => {
    if (!whole) await openUploads(context, run, plan, store, signal);
    return storePlan(store, planKey(run, randomUUID()), plan);
  });
  return { chunks, sliceSize, whole, staged: true, plan: stored, ...receipt, ...found };
}

function rememberReplaced(plan: Plan, there: ObjectInfo | undefined): void {
  if (there === undefined) return;
  if (plan.kind === 'verbatim') plan.replaces = there.etag;
  else if (plan.destination.key === there.key) plan.destination.replaces = there.etag;
}

/** Of every object that is made of parts while chunks are copied. */
async function openUploads(
  context: BatchContext,
  run: Run,
  plan: Plan,
  store: ObjectStore,
  signal: AbortSignal,
): Promise<void> {
  if (plan.kind === 'tabular') {
    const { destination } = plan;
    if (destination.objects !== undefined) return;
    await recordOpening(store, run, [destination.key]);
    destination.uploadId = await store.createUpload(destination.key, { metadata: objectMetadata(run) });
    return;
  }
  const parted = plan.objects.filter(({ partBytes }) => partBytes !== undefined);
  await recordOpening(
    store,
    run,
    parted.map(({ target }) => target),
  );
  await withStore(context, run.transfer, 'source', (source) =>
    mapSettled(parted, PARALLEL_UPLOADS, async (object) => {
      signal.throwIfAborted();
      const described = await describedAs(source, object.key, run);
      if (plan.serverSide) object.uploadId = await store.createUpload(object.target, described);
      else Object.assign(object, await store.createGaplessUpload(object.target, described));
    }),
  );
}
