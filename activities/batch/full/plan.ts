import { randomUUID } from 'node:crypto';
import type { BatchActivities, PlannedVerification } from '../../../workflows/contract.ts';
import { connectionTo, type BatchContext } from '../context.ts';
import { loadPlan, loadPublished, storePlan } from '../ledger.ts';
import { chunkCount, columnsWritten, type PlanReference, type PlannedSource } from '../plan.ts';
import { orAborted } from '../or-aborted.ts';
import { formatSecrets } from '../run-secrets.ts';
import { chunksPerSlice } from '../slices.ts';
import { verificationKey } from '../staging.ts';
import { connectS3 } from '../../stores/s3/s3-store.ts';
import type { VerbatimPlan } from '../verbatim/work.ts';

/** How the published objects are read back: as if they were a source. */
interface VerificationPlan {
  kind: 'published';
  source: PlannedSource;
  /** In the order of the checksums, with the types that were written. */
  columns: { name: string; type: string }[];
}

/** What verification goes by; the copies of bytes are held against their sources as they were planned. */
export type VerificationReference = PlanReference<VerificationPlan | VerbatimPlan>;

export async function planVerification(
  context: BatchContext,
  { run, plan: reference, published }: Parameters<BatchActivities['planVerification']>[0],
  signal: AbortSignal,
): Promise<PlannedVerification> {
  const destination = await connectionTo(context, run.transfer, 'destination');
  const store = connectS3(destination);
  try {
    const plan = await orAborted(signal, loadPlan(store, reference as PlanReference));
    if (plan.kind === 'verbatim') return sliced(chunkCount(plan), reference as VerificationReference);
    const all = await orAborted(signal, loadPublished(store, run, published));
    const objects = all.filter(({ bytes }) => bytes > 0);
    if (objects.length === 0) return sliced(0, reference as VerificationReference);
    const { format, options } = plan.destination;
    const columns = columnsWritten(plan);
    const secrets = await formatSecrets(context.secrets, run.transfer.destination);
    const written = { destination, secrets, format, options, columns, objects };
    const job = { type: 'describePublished' as const, ...written };
    const source = await context.pool.run<PlannedSource>(job, run.runId, signal);
    const key = verificationKey(run, randomUUID());
    return sliced(source.chunks.length, await storePlan(store, key, { kind: 'published', source, columns }));
  } finally {
    store.close();
  }
}

const sliced = (chunks: number, plan: VerificationReference): PlannedVerification => ({
  chunks,
  sliceSize: chunksPerSlice(chunks),
  plan,
});
