import { scheduleId } from '../../workflows/contract.ts';
import type { ResourceStatus } from '../api/index.ts';
import type { Action, Observation } from './actions.ts';
import { identityOf } from './resource.ts';
import { without } from './run-status.ts';
import type { Accounted } from './scheduled-runs.ts';
import { stopOlder } from './stop-older.ts';

/** Milliseconds until it is looked whether a schedule has come to rest. */
const SETTLING = 100;

/**
 * Has a schedule start nothing more; undefined when it does not. A run that it was just about to start is seen by the
 * next look, because Temporal answers that only after it has paused.
 */
export function pause({ resource, schedule }: Observation): Action[] | undefined {
  if (schedule?.state !== 'present' || schedule.paused) return undefined;
  return [
    { type: 'pauseSchedule', scheduleId: scheduleId(identityOf(resource)) },
    { type: 'requeueAfter', milliseconds: SETTLING },
  ];
}

/** Has a schedule come to rest, its run included, without removing it; undefined when it has. */
export function quieten(observation: Observation, { running, status }: Accounted): Action[] | undefined {
  const paused = pause(observation);
  if (paused !== undefined || running === undefined) return paused;
  return stopOlder(observation, running.workflowId, running.report, status);
}

/** Removes a schedule that has come to rest; undefined when there is none. Its runs are in the status before. */
export function remove(
  { resource, schedule }: Observation,
  { status, events }: Accounted,
): Action[] | undefined {
  if (schedule?.state !== 'present') return undefined;
  return [
    ...events,
    { type: 'status', status },
    { type: 'deleteSchedule', scheduleId: scheduleId(identityOf(resource)) },
    { type: 'requeueAfter', milliseconds: 0 },
  ];
}

export const withoutSchedule = (status: ResourceStatus): ResourceStatus =>
  without(status, 'schedule', 'nextScheduleTime');
