import type { ResourceStatus } from '../api/index.ts';
import type { Action, RunningReport } from './actions.ts';
import { cancellation } from './cancellation.ts';
import { isParked, parkedEvent, parkedStatus, resumed, touchOf } from './parked-status.ts';
import { pollDelay, TOLD } from './poll.ts';
import { runNowOf } from './resource.ts';
import type { TransferResource } from './resource.ts';
import { failedEvent } from './run-events.ts';
import { runningStatus } from './run-status.ts';
import type { StatusContext } from './run-status.ts';

/** A run that goes on because it was asked for one now is that one. */
function seenTo(resource: TransferResource): Pick<ResourceStatus, 'runNow'> {
  const value = runNowOf(resource);
  return value === undefined ? {} : { runNow: { value } };
}

/** What is to be done about a run that goes on, and what the status says of it. `lookAfter`: milliseconds. */
export function goingOn(
  resource: TransferResource,
  context: StatusContext,
  report: RunningReport,
): { actions: Action[]; status: ResourceStatus; lookAfter: number } {
  const { workflowId, now } = context;
  const lookAfter = pollDelay(report.startTime, now);
  const cancelled = cancellation(resource, workflowId, report, context.present);
  const noted = { ...context, present: cancelled.status };
  const { progress } = report;
  if (!isParked(progress)) {
    const status = runningStatus(noted, report);
    return { actions: [...cancelled.actions, ...failedEvent(context, status)], status, lookAfter };
  }
  const touch = touchOf(resource);
  const ending = report.cancelRequested || cancelled.actions.length > 0;
  const told = ending ? [] : resumed(context, progress, touch);
  return {
    actions: [...cancelled.actions, ...told, ...parkedEvent(context, progress)],
    status: { ...parkedStatus(noted, progress, touch), ...(told.length > 0 && seenTo(resource)) },
    lookAfter: told.length > 0 ? TOLD : lookAfter,
  };
}
