import { isGrpcServiceError, WorkflowFailedError } from '@temporalio/client';
import {
  ApplicationFailure,
  CancelledFailure,
  TemporalFailure,
  TerminatedFailure,
  TimeoutFailure,
} from '@temporalio/common';
import { messageOf } from '../kubernetes.ts';
import type { EndedReport } from '../reconcile/actions.ts';

/** gRPC status codes that say nothing about the request: CANCELLED, UNKNOWN, DEADLINE_EXCEEDED, ... */
const UNAVAILABLE_CODES = new Set([1, 2, 4, 8, 10, 13, 14]);

const MESSAGE_LIMIT = 8_000;

/** Whether Temporal did not answer, as opposed to refusing. */
export function isUnavailable(error: unknown): boolean {
  const code = grpcCode(error);
  return code !== undefined && UNAVAILABLE_CODES.has(code);
}

/** The gRPC status code of an error of the client, which may wrap the transport's own. */
export function grpcCode(error: unknown): number | undefined {
  return grpcError(error)?.code;
}

export function grpcMessage(error: unknown): string {
  return grpcError(error)?.details ?? messageOf(error);
}

function grpcError(error: unknown): { code: number; details: string } | undefined {
  for (let at = error; at instanceof Error; at = at.cause) if (isGrpcServiceError(at)) return at;
  return undefined;
}

/** How a workflow ended that has no result. */
export function endedReport(error: WorkflowFailedError, closeTime: string): EndedReport {
  const { cause } = error;
  const message = failureMessage(cause ?? error);
  if (cause instanceof CancelledFailure) {
    const [reason] = cause.details ?? [];
    return { state: 'cancelled', message, closeTime, ...(typeof reason === 'string' && { reason }) };
  }
  if (cause instanceof TerminatedFailure) return { state: 'terminated', message, closeTime };
  if (cause instanceof TimeoutFailure) return { state: 'timedOut', message, closeTime };
  return { state: 'failed', message, closeTime };
}

/** The innermost failure's own words: outer ones only say that an activity failed. Never a stack. */
export function failureMessage(error: Error): string {
  let innermost = error;
  while (innermost.cause instanceof TemporalFailure && !(innermost instanceof ApplicationFailure))
    innermost = innermost.cause;
  return (innermost.message || innermost.name).slice(0, MESSAGE_LIMIT);
}
