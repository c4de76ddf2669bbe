import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import type { FailureDetails } from './contract.ts';

export interface StepFailure extends FailureDetails {
  code: string;
  message: string;
}

/** Why a step failed, in our terms: activities have classified the error already. */
export function stepFailure(error: unknown): StepFailure {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure) {
    const details = cause.details?.[0] as FailureDetails | undefined;
    return {
      code: cause.type ?? 'Internal',
      message: cause.message,
      ...(details ?? { class: 'retry' as const }),
    };
  }
  if (cause instanceof TimeoutFailure)
    return { code: 'Timeout', message: 'the step took longer than allowed', class: 'retry' };
  return {
    code: 'Internal',
    message: error instanceof Error ? error.message : 'unknown error',
    class: 'retry',
  };
}

/** Ends the workflow: whoever reads the result finds the code as type, and the message; no stack. */
export function runFailure({ code, message }: StepFailure): ApplicationFailure {
  const error = ApplicationFailure.create({ type: code, message, nonRetryable: true });
  delete error.stack;
  return error;
}
