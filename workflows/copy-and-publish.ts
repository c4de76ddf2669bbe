import { CancellationScope, CancelledFailure, patched } from '@temporalio/workflow';
import type { PlanHints, PlannedRun, PublishedRun, Run } from './contract.ts';
import type { RunControl } from './control/run-control.ts';
import { copySlices, type Partly } from './copy-slices.ts';
import type { Parking } from './parking.ts';
import { planRun, type MaybeVisible, type Retried } from './planning.ts';
import { activities } from './proxies.ts';
import { StepEnded } from './retries.ts';
import type { RunState } from './run-state.ts';
import { publishVerified } from './verification.ts';

/** A source that changes more often while it is copied will not hold still. */
const MAX_REPLANS = 20;

/** What goes with a run. */
export interface RunContext {
  state: RunState;
  control: RunControl;
  parking: Parking;
  retried: Retried;
}

/** Plans and copies, anew whenever the plan turns out not to fit the source. */
export async function copyAndPublish(
  run: Run,
  context: RunContext,
  unsure: MaybeVisible,
): Promise<{ planned: PlannedRun; published: PublishedRun }> {
  const { state, control, retried } = context;
  let hints: PlanHints = {};
  for (let replans = 0; ; replans += 1) {
    let planned: PlannedRun | undefined;
    delete unsure.planned;
    try {
      state.enter('plan');
      await control.untilResumed();
      planned = await planRun(run, hints, retried, unsure);
      showPlan(planned, state);
      state.enter('copy');
      const { plan } = planned;
      if (planned.published !== undefined) return { planned, published: planned.published };
      const verified = (publish: () => Promise<PublishedRun>): Promise<PublishedRun> =>
        publishVerified(run, plan, state, retried, publish);
      if (planned.whole ?? planned.chunks === 1) {
        await control.untilResumed();
        unsure.planned = planned;
        const published = await verified(() => retried(() => activities.copyWhole({ run, plan })));
        return { planned, published };
      }
      await copyAll(run, planned, context);
      await control.untilResumed();
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
      if (replans >= MAX_REPLANS)
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

/** Copies all chunks. What cannot go on before somebody has come is parked, with the chunks that are done. */
async function copyAll(
  run: Run,
  planned: PlannedRun,
  { state, control, parking, retried }: RunContext,
): Promise<void> {
  const copied = new Map<number, Partly>();
  for (;;) {
    try {
      await copySlices(run, planned, { state, control, copied }, retried);
      return;
    } catch (error) {
      if (!parking.keeps(error)) throw error;
      state.ending('Fatal', error.failure);
      await parking.wait(error.failure, control.retries);
      state.enter('copy');
    }
  }
}

function showPlan({ source, destination, warnings, chunks }: PlannedRun, { progress }: RunState): void {
  Object.assign(progress, { source, destination, warnings, chunksTotal: chunks, chunksDone: 0 });
  progress.statistics = { rowsRead: 0, rowsWritten: 0, bytesRead: 0, bytesWritten: 0 };
}

/** verify: full keeps what is replaced beside the data, whatever the plan says. */
export function leavesStaged({ transfer }: Run, planned: PlannedRun): boolean {
  return planned.staged || transfer.verify === 'full';
}
