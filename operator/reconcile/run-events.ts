import type { ResourceStatus } from '../api/index.ts';
import type { Action, CompletedReport, EndedReport } from './actions.ts';
import { fatalStatus, retryDue, succeededStatus } from './run-status.ts';
import type { StatusContext } from './run-status.ts';

export function startedEvent({ present, transfer, workflowId }: StatusContext): Action[] {
  if (present.startTime !== undefined) return [];
  const message = `Started ${workflowId}: ${transfer.source.description} -> ${transfer.destination.description}`;
  return [{ type: 'event', eventType: 'Normal', reason: 'Started', message, discriminator: workflowId }];
}

/** Once per attempt. */
export function failedEvent({ present, workflowId }: StatusContext, next: ResourceStatus): Action[] {
  if (next.status !== 'Failed' || next.retry === undefined) return [];
  if (present.status === 'Failed' && present.retry?.attempt === next.retry.attempt) return [];
  const message = `${next.error} (${retryDue(next.retry)})`;
  const discriminator = `${workflowId} ${next.retry.attempt}`;
  return [{ type: 'event', eventType: 'Warning', reason: 'Failed', message, discriminator }];
}

/**
 * What a run that has ended brings about.
 * @param again what a person can do when it was ended from outside
 */
export function ended(
  context: StatusContext,
  report: CompletedReport | EndedReport,
  again: string,
): { events: Action[]; status: ResourceStatus } {
  const discriminator = context.workflowId;
  if (report.state === 'completed') {
    const message = `Ingested ${report.result.statistics.rowsWritten} records!`;
    const event: Action = { type: 'event', eventType: 'Normal', reason: 'Success', message, discriminator };
    return { events: [...startedEvent(context), event], status: succeededStatus(context, report) };
  }
  const [reason, message] = fatalEnd(report, again);
  const event: Action = { type: 'event', eventType: 'Warning', reason: 'Fatal', message, discriminator };
  return {
    events: [...startedEvent(context), event],
    status: fatalStatus(context, reason, message, report),
  };
}

function fatalEnd({ state, message, reason }: EndedReport, again: string): [reason: string, message: string] {
  const why = reason === undefined ? '' : ` (${reason})`;
  const ends: Record<EndedReport['state'], [string, string]> = {
    failed: ['RunFailed', message],
    cancelled: ['RunCancelled', `the run was cancelled${why}; ${again}`],
    terminated: ['RunTerminated', `the run was terminated; ${again}`],
    timedOut: ['RunTimedOut', `the run timed out; ${again}`],
  };
  return ends[state];
}
