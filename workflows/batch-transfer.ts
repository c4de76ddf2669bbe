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
  PlanHints,
  PlannedRun,
  PublishedRun,
  Run,
  RunResult,
  WrittenObject,
} from './contract.ts';
import { copySlices } from './copy-slices.ts';
import { runFailure, stepFailure } from './failures.ts';
import { planAgain, planRun, type MaybeVisible, type Retried } from './planning.ts';
import { activities } from './proxies.ts';
import { StepEnded, withRetries } from './retries.ts';
import { showRunState, type RunState } from './run-state.ts';
import { NotRestored, publishVerified } from './verification.ts';
import { writeReceipt } from './write-receipt.ts';

/** A source that changes more often while it is copied will not hold still. */
const MAX_REPLANS = 20;

/** About a minute of trying to remove what is not needed any more. */
const TIDY_RETRIES = 3;

/** One run of a BatchTransfer: plan, copy, publish, clean up. It ends published, or with nothing left behind. */
export async function batchTransfer(input: BatchTransferInput): Promise<RunResult> {
  const { transfer } = input;
  const info = workflowInfo();
  const state = showRunState(transfer);
  const startedAt = info.startTime.toISOString();
  const run: Run = { transfer, runId: info.firstExecutionRunId, epoch: 0, startedAt };
  const retried: Retried = (step) =>
    withRetries(step, { maxRetries: transfer.maxFailedRetries, observer: state });
  const unsure: MaybeVisible = {};
  try {
    const { planned, published } = await copyAndPublish(run, state, retried, unsure);
    return await succeed(input, run, planned, published, state);
  } catch (error) {
    const cancelled = isCancellation(error);
    const failure = error instanceof StepEnded ? error.failure : stepFailure(error);
    const showOutcome = (): void => {
      if (cancelled) state.ending('Cancelled');
      else state.ending('Fatal', failure);
    };
    // A worker may have died between making the copy visible and telling so: then the run has succeeded. Where the copy
    // is verified after that, what was there before is back.
    const visible = transfer.verify === 'full' ? undefined : unsure.planned;
    const planned = visible && patched('discard-looks-for-the-copy') ? visible : undefined;
    const planMayHaveCopied = unsure.hints !== undefined && patched('discard-looks-for-the-copy-of-a-plan');
    if (planned === undefined && !planMayHaveCopied) showOutcome();
    const published =
      error instanceof NotRestored
        ? undefined
        : await CancellationScope.nonCancellable(() =>
            discardRun(run, state, { plan: planned?.plan, planMayHaveCopied }),
          );
    if (published !== undefined && (planned !== undefined || planMayHaveCopied)) {
      const known =
        planned ?? (await CancellationScope.nonCancellable(() => planAgain(run, unsure.hints ?? {})));
      if (known !== undefined) return await succeed(input, run, known, published, state);
    }
    showOutcome();
    state.end(cancelled ? 'Cancelled' : 'Fatal');
    throw cancelled ? error : runFailure(failure);
  }
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

/** verify: full keeps what is replaced beside the data, whatever the plan says. */
function leavesStaged({ transfer }: Run, planned: PlannedRun): boolean {
  return planned.staged || transfer.verify === 'full';
}

function leftElsewhere({ endpoint, bucket, key }: WrittenObject): string {
  return `s3://${bucket}/${key} at ${endpoint} was written for an earlier spec and is left there: the resource names another store now`;
}

/** Plans and copies, anew whenever the plan turns out not to fit the source. */
async function copyAndPublish(
  run: Run,
  state: RunState,
  retried: Retried,
  unsure: MaybeVisible,
): Promise<{ planned: PlannedRun; published: PublishedRun }> {
  let hints: PlanHints = {};
  for (;;) {
    let planned: PlannedRun | undefined;
    delete unsure.planned;
    try {
      state.enter('plan');
      planned = await planRun(run, hints, retried, unsure);
      const { progress } = state;
      progress.source = planned.source;
      progress.destination = planned.destination;
      progress.warnings = planned.warnings;
      progress.chunksTotal = planned.chunks;
      progress.chunksDone = 0;
      progress.statistics = { rowsRead: 0, rowsWritten: 0, bytesRead: 0, bytesWritten: 0 };
      state.enter('copy');
      const { plan } = planned;
      if (planned.published !== undefined) return { planned, published: planned.published };
      const verified = (publish: () => Promise<PublishedRun>): Promise<PublishedRun> =>
        publishVerified(run, plan, state, retried, publish);
      if (planned.whole ?? planned.chunks === 1) {
        unsure.planned = planned;
        const published = await verified(() => retried(() => activities.copyWhole({ run, plan })));
        return { planned, published };
      }
      await copySlices(run, planned, state, retried);
      // Slices that were about to end did not notice; nothing is visible yet, so that it is not too late.
      if (CancellationScope.current().consideredCancelled)
        throw new CancelledFailure('cancelled before publish');
      state.enter('publish');
      unsure.planned = planned;
      // Once begun it is finished, retries included: a copy that may be visible must not be reported as cancelled.
      const published = await verified(() =>
        CancellationScope.nonCancellable(() => retried(() => activities.publish({ run, plan }))),
      );
      return { planned, published };
    } catch (error) {
      if (!(error instanceof StepEnded) || error.failure.class !== 'replan') throw error;
      if (run.epoch >= MAX_REPLANS)
        throw new StepEnded({
          ...error.failure,
          class: 'fatal',
          message: `${error.failure.message} (again and again)`,
        });
      hints = {
        ...hints,
        ...error.failure.hints,
        widen: { ...hints.widen, ...error.failure.hints?.widen },
      };
      // A plan that did not come about may have left an upload all the same.
      const staged = planned === undefined || leavesStaged(run, planned);
      if (staged || !patched('re-plan-discards-what-is-staged'))
        await retried(() => activities.discard({ run }));
      run.epoch += 1;
    }
  }
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
