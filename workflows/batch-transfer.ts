import {
  CancellationScope,
  CancelledFailure,
  isCancellation,
  log,
  patched,
  workflowInfo,
} from '@temporalio/workflow';
import { isAt } from './contract.ts';
import type {
  BatchTransferInput,
  KeptGeneration,
  PlannedRun,
  PublishedRun,
  Run,
  RunResult,
  WrittenObject,
} from './contract.ts';
import { RunControl } from './control/run-control.ts';
import { copyAndPublish, leavesStaged } from './copy-and-publish.ts';
import { runFailure, stepFailure, type StepFailure } from './failures.ts';
import { Parking } from './parking.ts';
import { planAgain, type MaybeVisible, type Retried } from './planning.ts';
import { activities } from './proxies.ts';
import { StepEnded, withRetries } from './retries.ts';
import { showRunState, type RunState } from './run-state.ts';
import { NotRestored } from './verification.ts';
import { writeReceipt } from './write-receipt.ts';

/** About a minute of trying to remove what is not needed any more. */
const TIDY_RETRIES = 3;

/**
 * One run of a BatchTransfer: plan, copy, publish, clean up. It ends published, or with nothing left behind. Before it ends
 * Fatal it may be parked, so that it can go on when the cause is repaired.
 */
export async function batchTransfer(input: BatchTransferInput): Promise<RunResult> {
  const info = workflowInfo();
  const state = showRunState(input.transfer);
  const startedAt = info.startTime.toISOString();
  const run: Run = { transfer: input.transfer, runId: info.firstExecutionRunId, epoch: 0, startedAt };
  const control = new RunControl(run, state, input.paused ?? false);
  const parking = new Parking(input.parkFor ?? 0, state, control);
  const retried: Retried = (step) =>
    withRetries(step, { maxRetries: () => run.transfer.maxFailedRetries, observer: state });
  let parked: { failure: StepFailure; retries: number } | undefined;
  for (;;) {
    const unsure: MaybeVisible = {};
    try {
      if (parked !== undefined) {
        await parking.wait(parked.failure, parked.retries);
        run.epoch += 1;
      }
      const { planned, published } = await copyAndPublish(run, { state, control, parking, retried }, unsure);
      return await succeed(input, run, planned, published, state);
    } catch (error) {
      const { retries } = control;
      const cancelled = isCancellation(error);
      const failure = error instanceof StepEnded ? error.failure : stepFailure(error);
      const showOutcome = (): void => {
        if (cancelled) state.ending('Cancelled');
        else state.ending('Fatal', failure);
      };
      const found = await rollBack(run, state, error, unsure, showOutcome);
      if (found !== undefined) return await succeed(input, run, found.planned, found.published, state);
      showOutcome();
      if (!cancelled && !(error instanceof NotRestored) && parking.takes(error)) {
        parked = { failure, retries };
        continue;
      }
      state.end(cancelled ? 'Cancelled' : 'Fatal');
      if (!cancelled) throw runFailure(failure);
      const { cancelReason } = control;
      throw cancelReason === undefined ? error : new CancelledFailure(cancelReason, [cancelReason]);
    }
  }
}

/**
 * Removes what a run has left that did not succeed. A worker may have died between making the copy visible and telling so:
 * then the run has succeeded, and what it has made is the answer. Where the copy is verified after that, what was there before is
 * back.
 */
async function rollBack(
  run: Run,
  state: RunState,
  error: unknown,
  unsure: MaybeVisible,
  showOutcome: () => void,
): Promise<{ planned: PlannedRun; published: PublishedRun } | undefined> {
  const visible = run.transfer.verify === 'full' ? undefined : unsure.planned;
  const planned = visible && patched('discard-looks-for-the-copy') ? visible : undefined;
  const planMayHaveCopied = unsure.hints !== undefined && patched('discard-looks-for-the-copy-of-a-plan');
  if (planned === undefined && !planMayHaveCopied) showOutcome();
  if (error instanceof NotRestored) return undefined;
  return CancellationScope.nonCancellable(async () => {
    const published = await discardRun(run, state, { plan: planned?.plan, planMayHaveCopied });
    if (published === undefined || (planned === undefined && !planMayHaveCopied)) return undefined;
    const known = planned ?? (await planAgain(run, unsure.hints ?? {}));
    return known && { planned: known, published };
  });
}

/** The copy is visible: what remains is tidying up. */
async function succeed(
  input: BatchTransferInput,
  run: Run,
  planned: PlannedRun,
  published: PublishedRun,
  state: RunState,
): Promise<RunResult> {
  const { startedAt } = run;
  const { receipt, left } = await CancellationScope.nonCancellable(async () => ({
    receipt: await writeReceipt(run, planned, published),
    left: await tidyUp(run, planned, published, previousObjects(input), state),
  }));
  const finishedAt = new Date();
  const { rowsWritten, bytesWritten } = published.statistics;
  state.progress.chunksDone = planned.chunks;
  state.progress.statistics = published.statistics;
  state.end('Succeeded');
  return {
    ...published,
    objects: [...published.objects, ...left.objects],
    ...(left.generations === undefined ? {} : { generations: left.generations }),
    runId: run.runId,
    chunks: planned.chunks,
    verified: run.transfer.verify ?? 'chunks',
    ...('written' in receipt ? { receipt: receipt.written } : {}),
    startedAt,
    finishedAt: finishedAt.toISOString(),
    durationSeconds: (finishedAt.getTime() - Date.parse(startedAt)) / 1000,
    source: { ...planned.source, rows: published.statistics.rowsRead },
    destination: {
      ...planned.destination,
      rows: rowsWritten,
      bytes: bytesWritten,
      objects: published.objectCount,
    },
    warnings: [...planned.warnings, ...receipt.warnings, ...left.warnings],
  };
}

/**
 * What earlier runs have left. A run of a schedule, which no operator has a hand in, is told by Temporal how the last one that
 * succeeded has ended; that one's result names all there was then.
 */
function previousObjects({ previous }: BatchTransferInput): WrittenObject[] {
  const last = workflowInfo().lastResult as RunResult | undefined;
  return last?.objects ?? previous;
}

/**
 * The copy is visible: whatever goes wrong from now on is a warning. Resolves with what earlier generations wrote and is
 * still there; it stays recorded for the next run and for the deletion.
 */
async function tidyUp(
  run: Run,
  planned: PlannedRun,
  published: PublishedRun,
  previous: WrittenObject[],
  state: RunState,
): Promise<{ objects: WrittenObject[]; warnings: string[]; generations?: KeptGeneration[] }> {
  const { destination, writeOperation, keepGenerations } = run.transfer;
  const elsewhere = previous.filter((old) => !isAt(old, destination));
  const left = { objects: [...elsewhere], warnings: elsewhere.map(leftElsewhere) };
  const kept = new Set(published.objects.map((object) => object.key));
  const earlier = previous.filter((old) => isAt(old, destination) && !kept.has(old.key));
  if (writeOperation === 'Append') left.objects.push(...earlier);
  const replaced = writeOperation === 'Append' ? [] : earlier;
  if (!leavesStaged(run, planned) && replaced.length === 0 && keepGenerations === undefined) return left;
  state.enter('cleanUp');
  try {
    const generations = await withRetries(
      () => activities.cleanUp({ run, published: published.objects, replaced }),
      { maxRetries: TIDY_RETRIES },
    );
    return generations === undefined ? left : { ...left, generations };
  } catch (error) {
    if (!(error instanceof StepEnded)) throw error;
    const warning = `what the copy no longer needs could not all be removed; the next run or the deletion does it: ${error.message}`;
    return { objects: [...left.objects, ...replaced], warnings: [...left.warnings, warning] };
  }
}

function leftElsewhere({ endpoint, bucket, key }: WrittenObject): string {
  return `s3://${bucket}/${key} at ${endpoint} was written for an earlier spec and is left there: the resource names another store now`;
}

/**
 * Removes what the run has left, as far as the store can be reached. What remains is removed by the transfer's next
 * run or with the resource. Resolves with the copy when it turns out to be visible.
 * @param unsure the plan of a run whose copy may be visible, or whether there may be a copy without that anybody knows its
 *   plan
 */
async function discardRun(
  run: Run,
  state: RunState,
  unsure: { plan: unknown; planMayHaveCopied: boolean },
): Promise<PublishedRun | undefined> {
  const planned = state.progress.chunksTotal > 0;
  state.enter('discard');
  const maxRetries = planned ? TIDY_RETRIES : 0;
  try {
    return await withRetries(() => activities.discard({ run, ...unsure }), { maxRetries });
  } catch (error) {
    if (!(error instanceof StepEnded)) throw error;
    log.warn('what the run left could not be removed', { reason: error.message });
    return undefined;
  }
}
