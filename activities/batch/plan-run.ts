import type { BatchActivities, PlannedRun } from '../../workflows/contract.ts';
import { TransferError } from '../failures.ts';
import { chunkCount, type PlanReference } from './plan.ts';
import { connectionTo, transformSecrets, withStore, type BatchContext } from './context.ts';
import type { PlanJobResult } from './jobs.ts';
import { storePlan } from './ledger.ts';
import { objectMetadata } from './staging.ts';

/** About 4 GiB in chunks of 64 MiB. */
const MAX_SLICE = 64;
/** So many slices at least, as far as there are chunks, that several workers can share a run. */
const WANTED_SLICES = 8;
/** Temporal warns about payloads beyond 256 KiB; other parts of the same payload need room. */
const MAX_INLINE_BYTES = 192 * 1024;

export async function planRun(
  context: BatchContext,
  input: Parameters<BatchActivities['plan']>[0],
  signal: AbortSignal,
): Promise<PlannedRun> {
  const { run, hints } = input;
  const { source, destination } = run.transfer;
  if (
    source.endpoint === destination.endpoint &&
    source.bucket === destination.bucket &&
    source.objectKey === destination.objectKey
  )
    throw new TransferError(
      'InvalidOption',
      'spec.destination.s3.objectKey: source and destination are the same object; choose another key',
    );
  const from = await connectionTo(context, source);
  const secrets = await transformSecrets(context, run, await connectionTo(context, destination));
  const job = { type: 'plan' as const, run, hints, source: from, secrets };
  // A destination that cannot be reached is known before anything is copied, and before the status says that the
  // run may have written; what is wrong with the source is told first.
  const looked = withStore(context, destination, (store) => store.head(destination.objectKey));
  looked.catch(() => undefined);
  const { plan, ...found } = await context.pool.run<PlanJobResult>(job, run.runId, signal);
  await looked;
  const chunks = chunkCount(plan);
  const inline: PlanReference = { kind: 'inline', plan };
  const sliceSize = Math.min(MAX_SLICE, Math.max(1, Math.ceil(chunks / WANTED_SLICES)));
  if (chunks === 1 && JSON.stringify(inline).length <= MAX_INLINE_BYTES)
    return { chunks, sliceSize, staged: false, plan: inline, ...found };
  const stored = await withStore(context, destination, async (store) => {
    if (chunks > 1)
      plan.destination.uploadId = await store.createUpload(plan.destination.key, objectMetadata(run));
    return storePlan(store, run, plan);
  });
  return { chunks, sliceSize, staged: true, plan: stored, ...found };
}
