import type { BatchActivities, PlannedRun } from '../../workflows/contract.ts';
import { chunkCount, type PlanReference } from './plan.ts';
import { connectionTo, withStore, type BatchContext } from './context.ts';
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
  const job = { type: 'plan' as const, run, hints, source: await connectionTo(context, source) };
  // A destination that cannot be reached is known before anything is copied, and before the status says that the
  // run may have written; what is wrong with the source is told first.
  const looked = withStore(context, destination, (store) => store.head(destination.objectKey));
  looked.catch(() => undefined);
  const { plan, ...found } = await context.pool.run<PlanJobResult>(job, run.runId, signal);
  const before = await looked;
  const target = plan.destination;
  if (before !== undefined && target.objects === undefined && before.key === target.key)
    target.replaces = before.etag;
  const chunks = chunkCount(plan);
  const inline: PlanReference = { kind: 'inline', plan };
  const sliceSize = Math.min(MAX_SLICE, Math.max(1, Math.ceil(chunks / WANTED_SLICES)));
  const whole = chunks === 1 && target.objects === undefined;
  if (whole && JSON.stringify(inline).length <= MAX_INLINE_BYTES)
    return { chunks, sliceSize, whole, staged: false, plan: inline, ...found };
  const stored = await withStore(context, destination, async (store) => {
    if (!whole && target.objects === undefined)
      target.uploadId = await store.createUpload(target.key, { metadata: objectMetadata(run) });
    return storePlan(store, run, plan);
  });
  return { chunks, sliceSize, whole, staged: true, plan: stored, ...found };
}
