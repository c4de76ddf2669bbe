import { randomUUID } from 'node:crypto';
import type { BatchActivities, PlannedRun, Run } from '../../workflows/contract.ts';
import type { ObjectStore } from '../stores/object-store.ts';
import { connectionTo, withStore, type BatchContext } from './context.ts';
import { mayBeSmall } from './small.ts';
import { SMALL_SCRATCH } from './expected-scratch.ts';
import type { PlanRunJobResult } from './jobs.ts';
import { storePlan } from './ledger.ts';
import { mapSettled } from './map-settled.ts';
import { chunkCount, isWhole, wholeKey, type Plan, type PlanReference } from './plan.ts';
import { wholeRun } from './put-whole.ts';
import { receiptKey } from './receipt-key.ts';
import { chunksPerSlice } from './slices.ts';
import { runSecrets } from './run-secrets.ts';
import { markSecrets } from './secret-mark.ts';
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
  const { run, hints, mayCopy = false } = input;
  const { transfer } = run;
  const stores = {
    source: await connectionTo(context, transfer, 'source'),
    destination: await connectionTo(context, transfer, 'destination'),
  };
  const secrets = await runSecrets(context.secrets, run, stores.destination);
  const copies = mayCopy && mayBeSmall(transfer) && context.pool.scratch >= SMALL_SCRATCH;
  const job = { type: 'planRun' as const, run, hints, copies, ...stores, secrets };
  const { plan, copied, ...found } = await context.pool.run<PlanRunJobResult>(job, run.runId, signal);
  markSecrets(plan, run, secrets);
  const key = receiptKey(run.transfer, run.runId, context.receipts.prefix);
  const receipt = key === undefined ? {} : { receiptKey: key };
  const chunks = chunkCount(plan);
  const whole = isWhole(plan);
  const published =
    copied === undefined ? {} : { published: wholeRun(stores.destination, wholeKey(plan), copied) };
  const inline: PlanReference = { kind: 'inline', plan };
  const planned = { chunks, sliceSize: chunksPerSlice(chunks), whole, ...published, ...receipt, ...found };
  if (whole && JSON.stringify(inline).length <= MAX_INLINE_BYTES)
    return { ...planned, staged: false, plan: inline };
  const stored = await withStore(context, transfer, 'destination', async (store) => {
    if (!whole) await openUploads(context, run, plan, store, signal);
    return storePlan(store, planKey(run, randomUUID()), plan);
  });
  return { ...planned, staged: true, plan: stored };
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
