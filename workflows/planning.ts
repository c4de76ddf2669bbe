import { log } from '@temporalio/workflow';
import type { PlanHints, PlannedRun, Run } from './contract.ts';
import { isUnanswered } from './failures.ts';
import { activities } from './proxies.ts';
import { StepEnded, withRetries } from './retries.ts';

/** Characters; Temporal allows 400 bytes, and a character may take four. */
const MAX_SUMMARY = 100;
/** About a minute of trying. */
const RETRIES = 3;

export type Retried = <T>(step: (failed: number) => Promise<T>) => Promise<T>;

/** What is known of a run from the step on that makes its copy visible. */
export interface MaybeVisible {
  planned?: PlannedRun;
  /** Of a step that may have made a small copy, and has not told. */
  hints?: PlanHints;
}

/**
 * Makes the plan of a run; a small copy is made in the same step. Where that has failed, plan and copy are two steps, so that
 * the status tells what is known.
 */
export async function planRun(
  run: Run,
  hints: PlanHints,
  retried: Retried,
  unsure: MaybeVisible,
): Promise<PlannedRun> {
  const summary = run.transfer.source.description.slice(0, MAX_SUMMARY);
  const planned = await retried(async (failed) => {
    const mayCopy = failed === 0;
    try {
      return await activities.plan.executeWithOptions({ summary }, [{ run, hints, mayCopy }]);
    } catch (error) {
      if (mayCopy && isUnanswered(error)) unsure.hints = hints;
      throw error;
    }
  });
  // copyWhole finds what an earlier attempt has published
  delete unsure.hints;
  return planned;
}

/** The plan of a copy that turned out to be visible though nobody was told of its plan. */
export async function planAgain(run: Run, hints: PlanHints): Promise<PlannedRun | undefined> {
  try {
    return await withRetries(() => activities.plan({ run, hints }), { maxRetries: RETRIES });
  } catch (error) {
    if (!(error instanceof StepEnded)) throw error;
    log.error('the copy is visible, but what it was made from cannot be read any more', {
      reason: error.message,
    });
    return undefined;
  }
}
