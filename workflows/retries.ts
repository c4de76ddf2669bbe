import { condition, isCancellation } from '@temporalio/workflow';
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

export interface RetryObserver {
  /** Called when a retry is due, and with undefined when it begins. */
  waiting(failure: RunFailure | undefined): void;
  /** Whether someone asked to retry at once. Reset when the retry begins. */
  retryNow: { requested: boolean };
}

const unobserved = (): RetryObserver => ({ waiting: () => undefined, retryNow: { requested: false } });

/** Runs a step until it works, cannot work (StepEnded) or has failed too often (StepEnded). */
export async function withRetries<T>(
  step: () => Promise<T>,
  maxAttempts: number,
  observer: RetryObserver = unobserved(),
  classify: (failure: StepFailure) => FailureClass = (failure) => failure.class,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await step();
    } catch (error) {
      if (isCancellation(error)) throw error;
      const failure = stepFailure(error);
      if (classify(failure) !== 'retry') throw new StepEnded(failure);
      if (attempt > maxAttempts)
        throw new StepEnded({
          ...failure,
          class: 'fatal',
          message:
            maxAttempts === 0
              ? failure.message
              : `${failure.message} (given up after ${maxAttempts} retries)`,
        });
      const wait = backoffMs(attempt, failure.retryAfterMs);
      observer.waiting({
        code: failure.code,
        message: failure.message,
        attempt,
        maxAttempts: Number.isFinite(maxAttempts) ? maxAttempts : 0,
        nextRetryTime: new Date(Date.now() + wait).toISOString(),
      });
      await condition(() => observer.retryNow.requested, wait);
      observer.retryNow.requested = false;
      observer.waiting(undefined);
    }
  }
}
