import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { FailureDetails, SliceHeartbeat } from '../workflows/contract.ts';
import { TransferError } from './failures.ts';

interface DescribedFailure {
  error: Error;
  type: string;
  message: string;
}

/**
 * What Temporal is told of an error. Retries are the workflow's business, so that status and live control see
 * them: every error of ours is final for the activity. Only the end of the worker is retried by
 * Temporal itself. Neither stacks nor causes go into the history: they may hold request data.
 * @param finished what a slice had finished, if it is one
 */
export function activityFailure(
  error: unknown,
  cancellation: AbortSignal,
  finished?: SliceHeartbeat,
): DescribedFailure {
  if (cancellation.aborted && (cancellation.reason as Error).message === 'WORKER_SHUTDOWN') {
    const message = 'the worker is shutting down; another takes over';
    return describe(ApplicationFailure.create({ type: 'WorkerShutdown', message, nonRetryable: false }));
  }
  // Not any error that comes while it is being cancelled: what failed beyond its commit point may have been done.
  if (error instanceof CancelledFailure) {
    const { message } = error;
    const told = finished === undefined ? error : new CancelledFailure(message, [finished]);
    return { error: told, type: 'Cancelled', message };
  }
  const known =
    error instanceof TransferError
      ? error
      : new TransferError(
          'Internal',
          error instanceof Error ? error.message.split('\n')[0]! : 'unknown error',
        );
  const details: FailureDetails = {
    class: known.class,
    ...(known.committed ? { committed: true } : {}),
    ...(known.retryAfterMs === undefined ? {} : { retryAfterMs: known.retryAfterMs }),
    ...(known.hints === undefined ? {} : { hints: known.hints }),
    ...(finished === undefined ? {} : { finished }),
  };
  return describe(
    ApplicationFailure.create({
      type: known.code,
      message: known.message,
      nonRetryable: true,
      details: [details],
    }),
  );
}

function describe(error: ApplicationFailure): DescribedFailure {
  delete error.stack;
  return { error, type: error.type ?? 'Internal', message: error.message };
}
