import { randomUUID } from 'node:crypto';
import pLimit from 'p-limit';
import type { BatchActivities, PlannedRun, Run } from '../../workflows/contract.ts';
import type { ObjectInfo, ObjectStore } from '../stores/object-store.ts';
import { connectionTo, transformSecrets, withStore, type BatchContext } from './context.ts';
import type { PlanJobResult } from './jobs.ts';
import { storePlan } from './ledger.ts';
import { chunkCount, type Plan, type PlanReference } from './plan.ts';
import { receiptKey } from './receipt-key.ts';
import { chunksPerSlice, isWhole } from './slices.ts';
import { objectMetadata, planKey } from './staging.ts';
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
  const { source, destination } = run.transfer;
  const stores = {
    source: await connectionTo(context, source),
    destination: await connectionTo(context, destination),
  };
  // A destination that cannot be reached is known before anything is copied, and before the status says that the
  // run may have written; what is wrong with the source is told first.
  const looked = withStore(context, destination, (store) => store.head(destination.objectKey));
  looked.catch(() => undefined);
  const secrets = await transformSecrets(context, run, stores.destination);
  const job = { type: 'plan' as const, run, hints, ...stores, secrets };
  const { plan, ...found } = await context.pool.run<PlanJobResult>(job, run.runId, signal);
  rememberReplaced(plan, await looked);
  const key = receiptKey(run.transfer, run.runId, context.receipts.prefix);
  const receipt = key === undefined ? {} : { receiptKey: key };
  const chunks = chunkCount(plan);
  const whole = isWhole(plan);
  const inline: PlanReference = { kind: 'inline', plan };
  const sliceSize = chunksPerSlice(chunks);
  if (whole && JSON.stringify(inline).length <= MAX_INLINE_BYTES)
    return { chunks, sliceSize, whole, staged: false, plan: inline, ...receipt, ...found };
  const stored = await withStore(context, destination, async (store) => {
    if (!whole) await openUploads(context, run, plan, store);
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
async function openUploads(context: BatchContext, run: Run, plan: Plan, store: ObjectStore): Promise<void> {
  if (plan.kind === 'tabular') {
    const { destination } = plan;
    if (destination.objects === undefined)
      destination.uploadId = await store.createUpload(destination.key, { metadata: objectMetadata(run) });
    return;
  }
  const parted = plan.objects.filter(({ partBytes }) => partBytes !== undefined);
  await withStore(context, run.transfer.source, (source) =>
    pLimit(PARALLEL_UPLOADS).map(parted, async (object) => {
      object.uploadId = await store.createUpload(object.target, await describedAs(source, object.key, run));
    }),
  );
}
