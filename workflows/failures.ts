import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  TimeoutFailure,
  isCancellation,
} from '@temporalio/workflow';
import type { BatchActivities, FailureDetails, SliceHeartbeat } from './contract.ts';
import { MAXIMUM_ATTEMPTS } from './proxies.ts';

export interface StepFailure extends FailureDetails {
  code: string;
  message: string;
}

/** For people. */
const STEPS: Record<keyof BatchActivities, string> = {
  plan: 'planning',
  planReport: 'planning',
  copyWhole: 'copying',
  copySlice: 'copying',
  publish: 'publishing',
  planVerification: 'verifying',
  verifySlice: 'verifying',
  restore: 'bringing back what was there before',
  writeReceipt: 'writing the receipt',
  cleanUp: 'cleaning up',
  discard: 'removing what the run has left',
  deleteData: 'deleting the data',
};

/** Why a step failed, in our terms: activities have classified the error already. */
export function stepFailure(error: unknown): StepFailure {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  const details = cause instanceof ApplicationFailure ? cause.details?.[0] : undefined;
  if (cause instanceof ApplicationFailure && details !== undefined)
    return { code: cause.type ?? 'Internal', message: cause.message, ...(details as FailureDetails) };
  const unclassified =
    error instanceof ActivityFailure
      ? unanswered(error)
      : { code: 'Internal', message: error instanceof Error ? error.message : 'unknown error' };
  return { ...unclassified, class: 'retry' };
}

/** What a slice had finished when it failed or was interrupted; undefined when it did not live to tell. */
export function finishedOf(error: unknown): SliceHeartbeat | undefined {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof CancelledFailure) return cause.details?.[0] as SliceHeartbeat | undefined;
  return cause instanceof ApplicationFailure
    ? (cause.details?.[0] as FailureDetails | undefined)?.finished
    : undefined;
}

/**
 * Whether nobody has told how a step ended: it may have done its work. Of a cancelled one only the last attempt is known
 * not to have.
 */
export function isUnanswered(error: unknown): boolean {
  if (isCancellation(error)) return true;
  return (
    error instanceof ActivityFailure && (error.cause instanceof TimeoutFailure || isShutdown(error.cause))
  );
}

const isShutdown = (cause: unknown): boolean =>
  cause instanceof ApplicationFailure && cause.type === 'WorkerShutdown';

/** Whatever took the activity did not live to say what is wrong. */
function unanswered({ activityType, cause, retryState }: ActivityFailure): { code: string; message: string } {
  const step = STEPS[activityType as keyof BatchActivities];
  const often = retryState === 'MAXIMUM_ATTEMPTS_REACHED' ? ` ${MAXIMUM_ATTEMPTS} times` : '';
  if (cause instanceof TimeoutFailure && cause.timeoutType === 'START_TO_CLOSE')
    return { code: 'Timeout', message: `${step} took longer than allowed${often}` };
  if (cause instanceof TimeoutFailure || isShutdown(cause)) {
    const message = `${step}: the worker died${often}; its log or the status of its pod says why (killed, out of memory, a crash)`;
    return { code: 'WorkerDied', message };
  }
  return { code: 'Internal', message: `${step}: ${cause?.message ?? 'unknown error'}` };
}

/** Ends the workflow: whoever reads the result finds the code as type, and the message; no stack. */
export function runFailure({ code, message }: StepFailure): ApplicationFailure {
  const error = ApplicationFailure.create({ type: code, message, nonRetryable: true });
  delete error.stack;
  return error;
}
