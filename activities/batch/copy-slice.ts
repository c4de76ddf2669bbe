import type {
  BatchActivities,
  Run,
  SliceHeartbeat,
  SliceInput,
  SliceResult,
} from '../../workflows/contract.ts';
import { connectionTo, type BatchContext } from './context.ts';
import { keepReplaced } from './full/replaced.ts';
import { keepGeneration } from './generations.ts';
import type { ChunkRecord } from './ledger.ts';
import { bodyBytes, finishedChunks, loadPlan, readRecord } from './ledger.ts';
import type { CopyChunkResult, CopyWholeResult, EngineJob } from './jobs.ts';
import { verbatimWork } from './verbatim/work.ts';
import { orAborted } from './or-aborted.ts';
import { chunkWork, wholeKey, type Plan, type PlanReference } from './plan.ts';
import { wholeRun } from './put-whole.ts';
import type { S3Connection } from '../stores/s3/client.ts';
import { runSecrets, type RunSecrets } from './run-secrets.ts';
import { connectS3 } from '../stores/s3/s3-store.ts';
import { holdSecrets } from './secret-mark.ts';
import type { PublishedRun } from '../../workflows/contract.ts';

/** What a slice tells while it works. */
export interface SliceObserver {
  heartbeat(details: SliceHeartbeat): void;
  /** Chunk numbers, for the log: a resumed slice repeats only unfinished ones. */
  resumed(finished: number[], remaining: number[]): void;
  copied(chunk: number): void;
}

export async function copySlice(
  context: BatchContext,
  input: SliceInput,
  signal: AbortSignal,
  observer: SliceObserver,
): Promise<SliceResult> {
  const { run, from, to } = input;
  const source = await connectionTo(context, run.transfer, 'source');
  const destination = await connectionTo(context, run.transfer, 'destination');
  const secrets = await runSecrets(context.secrets, run, destination);
  const store = connectS3(destination);
  // The first failure ends the slice: what its other chunks do would be repeated or discarded anyway.
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  try {
    const plan = await orAborted(signal, loadPlan(store, input.plan as PlanReference));
    holdSecrets(plan, run, secrets);
    const finished = await orAborted(signal, finishedChunks(store, run));
    const records = new Map<number, ChunkRecord>();
    const done = (record: ChunkRecord): void => {
      records.set(record.chunk, record);
      observer.heartbeat(heartbeat(records, from, to));
    };
    const numbers = Array.from({ length: to - from }, (_, index) => from + index);
    const earlier = numbers.filter((chunk) => finished.has(chunk));
    const remaining = numbers.filter((chunk) => !finished.has(chunk));
    observer.resumed(earlier, remaining);
    for (const chunk of earlier) done(await orAborted(signal, readRecord(store, run, chunk)));
    const copying = remaining.map(async (chunk) => {
      const job = chunkJob(run, plan, chunk, { source, destination }, secrets);
      done(await context.pool.run<CopyChunkResult>(job, run.runId, stop));
      observer.copied(chunk);
    });
    await Promise.all(copying).catch(async (error: unknown) => {
      failed.abort(error);
      await Promise.allSettled(copying);
      throw error;
    });
    const { bitmap: _, ...totals } = heartbeat(records, from, to);
    return totals;
  } finally {
    store.close();
  }
}

function heartbeat(records: Map<number, ChunkRecord>, from: number, to: number): SliceHeartbeat {
  const sum = { rowsRead: 0, rowsWritten: 0, bytesRead: 0, bytesWritten: 0 };
  for (const record of records.values()) {
    sum.rowsRead += record.rowsRead;
    sum.rowsWritten += record.rowsWritten;
    sum.bytesRead += record.bytesRead;
    sum.bytesWritten += bodyBytes(record);
  }
  const bitmap = Array.from({ length: to - from }, (_, index) =>
    records.has(from + index) ? '1' : '0',
  ).join('');
  return { bitmap, ...sum };
}

/** A run of one chunk: copied and published in one step, without a ledger. */
export async function copyWhole(
  context: BatchContext,
  input: Parameters<BatchActivities['copyWhole']>[0],
  signal: AbortSignal,
): Promise<PublishedRun> {
  const { run } = input;
  const source = await connectionTo(context, run.transfer, 'source');
  const destination = await connectionTo(context, run.transfer, 'destination');
  const secrets = await runSecrets(context.secrets, run, destination);
  const store = connectS3(destination);
  try {
    const plan = await orAborted(signal, loadPlan(store, input.plan as PlanReference));
    holdSecrets(plan, run, secrets);
    const job = wholeJob(run, plan, { source, destination }, secrets);
    const key = wholeKey(plan);
    await keepGeneration(store, run);
    if (run.transfer.verify === 'full') await keepReplaced(store, run, [key]);
    const result = await context.pool.run<CopyWholeResult>(job, run.runId, signal);
    return wholeRun(store, key, result);
  } finally {
    store.close();
  }
}

interface Connections {
  source: S3Connection;
  destination: S3Connection;
}

function chunkJob(run: Run, plan: Plan, chunk: number, stores: Connections, secrets: RunSecrets): EngineJob {
  if (plan.kind === 'verbatim')
    return { type: 'copyVerbatim', run, work: verbatimWork(plan, chunk), ...stores };
  return {
    type: 'copyChunk',
    run,
    work: chunkWork(plan, chunk, locationIn(stores.source)),
    ...stores,
    secrets,
  };
}

function wholeJob(run: Run, plan: Plan, stores: Connections, secrets: RunSecrets): EngineJob {
  if (plan.kind === 'tabular')
    return {
      type: 'copyWhole',
      run,
      work: chunkWork(plan, 0, locationIn(stores.source)),
      ...stores,
      secrets,
    };
  const { replaces } = plan;
  const job = { type: 'copyWholeVerbatim' as const, run, work: verbatimWork(plan, 0), ...stores };
  return replaces === undefined ? job : { ...job, replaces };
}

const locationIn =
  ({ bucket }: { bucket: string }) =>
  (key: string): string =>
    `s3://${bucket}/${key}`;
