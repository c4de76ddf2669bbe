import type { BatchActivities, Transfer } from '../../../workflows/contract.ts';
import type { VerifiedSlice } from '../../../workflows/contract/receipt.ts';
import { connectionTo, type BatchContext } from '../context.ts';
import { loadPlan } from '../ledger.ts';
import type { EngineJob } from '../jobs.ts';
import { orAborted } from '../or-aborted.ts';
import { pieceWorks } from '../plan.ts';
import { formatSecrets } from '../run-secrets.ts';
import type { S3Connection } from '../../stores/s3/client.ts';
import { connectS3 } from '../../stores/s3/s3-store.ts';
import { verbatimWork } from '../verbatim/work.ts';
import type { VerificationReference } from './plan.ts';

/** Reads chunks of the published objects back in engine processes. The first that fails ends the slice. */
export async function verifySlice(
  context: BatchContext,
  { run, plan: reference, from, to }: Parameters<BatchActivities['verifySlice']>[0],
  signal: AbortSignal,
): Promise<VerifiedSlice> {
  const destination = await connectionTo(context, run.transfer, 'destination');
  const plan = await orAborted(signal, loaded(destination, reference as VerificationReference));
  const jobOf = await jobs(context, run.transfer, plan, destination);
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  const numbers = Array.from({ length: to - from }, (_, index) => from + index);
  const reading = numbers.map((chunk) => context.pool.run<VerifiedSlice>(jobOf(chunk), run.runId, stop));
  const found = await Promise.all(reading).catch(async (error: unknown) => {
    failed.abort(error);
    await Promise.allSettled(reading);
    throw error;
  });
  return found.reduce(added);
}

type VerificationPlan = Awaited<ReturnType<typeof loaded>>;

async function loaded(destination: S3Connection, reference: VerificationReference) {
  const store = connectS3(destination);
  try {
    return await loadPlan(store, reference);
  } finally {
    store.close();
  }
}

async function jobs(
  context: BatchContext,
  transfer: Transfer,
  plan: VerificationPlan,
  destination: S3Connection,
): Promise<(chunk: number) => EngineJob> {
  if (plan.kind === 'verbatim') {
    const source = await connectionTo(context, transfer, 'source');
    return (chunk) => ({ type: 'verifyBytes', work: verbatimWork(plan, chunk), source, destination });
  }
  const secrets = await formatSecrets(context.secrets, transfer.destination);
  const location = (key: string): string => `s3://${destination.bucket}/${key}`;
  return (chunk) => ({
    type: 'verifyChunk',
    chunk,
    format: plan.source.format,
    pieces: pieceWorks(plan.source, chunk, location),
    columns: plan.columns,
    destination,
    secrets,
  });
}

function added(one: VerifiedSlice, other: VerifiedSlice): VerifiedSlice {
  return {
    rows: one.rows + other.rows,
    sums: one.sums.map((sum, column) => String(BigInt(sum) + BigInt(other.sums[column]!))),
  };
}
