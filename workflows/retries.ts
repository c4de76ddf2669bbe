import { CancellationScope, ContinueAsNew, condition, isCancellation } from '@temporalio/workflow';
import type { FailureClass, RunFailure } from './contract.ts';
import { stepFailure, type StepFailure } from './failures.ts';

const FIRST_BACKOFF_MS = 5_000;
const MAX_BACKOFF_MS = 300_000;

/** Milliseconds before retry `attempt` (1 for the first): 5 s, 15 s, 45 s, ... at most 5 min. */
function backoffMs(attempt: number, askedMs = 0): number {
  return Math.max(askedMs, Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 3 ** (attempt - 1)));
}

/** A step that ended for good: the run must be failed or planned anew. */
export class StepEnded extends Error {
  readonly failure: StepFailure;

  constructor(failure: StepFailure) {
    super(failure.message);
    this.name = 'StepEnded';
    this.failure = failure;
  }
}

/** The time until a retry is due. */
export interface Wait {
  /** Whether someone asked to retry at once. */
  retryNow: boolean;
  end(): void;
}

export interface RetryObserver {
  /** Called when a retry is due; several steps may wait at once. */
  waiting(failure: RunFailure): Wait;
}

const unobserved: RetryObserver = { waiting: () => ({ retryNow: false, end: () => undefined }) };

export interface RetryOptions {
  /** A function where it may change while the step is tried. */
  maxRetries: number | (() => number);
  observer?: RetryObserver;
  /** Where the failure's own class does not count. */
  classify?: (failure: StepFailure) => FailureClass;
  /** Failures that an earlier execution of the workflow has counted. */
  failedBefore?: number;
}

/**
 * Runs a step until it works, cannot work (StepEnded) or has failed too often (StepEnded).
 * @param step told how often it has failed
 */
export async function withRetries<T>(
  step: (failed: number) => Promise<T>,
  { maxRetries, observer = unobserved, classify = ({ class: own }) => own, failedBefore = 0 }: RetryOptions,
): Promise<T> {
  let committed = false;
  // A step that has passed its point of no return is finished: to call it cancelled could be a lie.
  const finish = <R>(work: () => Promise<R>): Promise<R> =>
    committed ? CancellationScope.nonCancellable(work) : work();
  for (let failed = failedBefore; ;) {
    try {
      return await finish(() => step(failed));
    } catch (error) {
      if (isCancellation(error) || error instanceof ContinueAsNew) throw error;
      const failure = stepFailure(error);
      if (classify(failure) !== 'retry') throw new StepEnded(failure);
      failed += 1;
      const most = typeof maxRetries === 'number' ? maxRetries : maxRetries();
      if (failed > most) throw new StepEnded(givenUp(failure, most));
      committed ||= failure.committed === true;
      await finish(() => waitForRetry(failure, failed, most, observer));
    }
  }
}

async function waitForRetry(
  failure: StepFailure,
  attempt: number,
  maxRetries: number,
  observer: RetryObserver,
): Promise<void> {
  const { code, message, retryAfterMs } = failure;
  const ms = backoffMs(attempt, retryAfterMs);
  const wait = observer.waiting({
    code,
    message,
    attempt,
    maxAttempts: Number.isFinite(maxRetries) ? maxRetries : 0,
    nextRetryTime: new Date(Date.now() + ms).toISOString(),
  });
  try {
    await condition(() => wait.retryNow, ms);
  } finally {
    wait.end();
  }
}

function givenUp(failure: StepFailure, maxRetries: number): StepFailure {
  const message =
    maxRetries === 0 ? failure.message : `${failure.message} (given up after ${maxRetries} retries)`;
  return { ...failure, class: 'fatal', message };
}
