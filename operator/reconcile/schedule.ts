import { isDeepStrictEqual } from 'node:util';
import { scheduleId } from '../../workflows/contract.ts';
import { hasSameResult } from '../../workflows/contract/revision.ts';
import type { BatchTransferInput, Transfer } from '../../workflows/contract.ts';
import type { ResourceStatus, RunPolicy, TransferSchedule } from '../api/index.ts';
import type { Action, Observation, RunReport, ScheduleInput, ScheduleReport } from './actions.ts';
import { contextOf } from './context.ts';
import { goingOn } from './going-on.ts';
import { idleStatus } from './idle-status.ts';
import { placementOf } from './placement.ts';
import { cancelOf, hasFinalizer, identityOf } from './resource.ts';
import { revision } from './revision.ts';
import { startedEvent } from './run-events.ts';
import { generationOf } from './run-ids.ts';
import { seeToRunNow } from './run-now.ts';
import { without } from './run-status.ts';
import { accountForRuns } from './scheduled-runs.ts';
import { stopOlder } from './stop-older.ts';

/** Milliseconds until it is looked at what Temporal has made of a schedule that was changed. */
const SETTLING = 200;
/** Milliseconds after a time at which a run is due: Temporal starts it in these. */
const STARTING = 300;
/** Milliseconds until a schedule is looked at again in any case: a person may have had it start a run. */
const LATEST = 300_000;
/** Milliseconds after the end of a run, in which Temporal may start the one that has waited for it. */
const FOLLOWING = 1_000;

type Policy = RunPolicy & { schedule: TransferSchedule };

/**
 * A transfer whose runs a Temporal Schedule starts. The schedule is recorded in the status before it is made, so that none
 * is ever forgotten; a change of the spec changes it in place.
 * @param present the status, with what runs of before the schedule have left accounted for
 */
export function reconcileSchedule(
  observation: Observation,
  runs: Record<string, RunReport>,
  present: ResourceStatus,
  transfer: Transfer,
  policy: Policy,
): Action[] {
  const { resource, schedule = { state: 'absent' }, now } = observation;
  const { taskQueue, shown } = placementOf(transfer, observation);
  const since = sinceOf(schedule, transfer);
  const {
    status: accounted,
    events,
    running,
  } = accountForRuns(observation, runs, present, {
    transfer,
    since,
  });
  const id = scheduleId(identityOf(resource));
  const wanted: ScheduleInput = {
    schedule: policy.schedule,
    paused: policy.suspend,
    generation: transfer.generation,
    since,
    input: { transfer, previous: accounted.objects ?? [], ...(policy.paused && { paused: true }) },
  };
  const put: Action[] = isAsWanted(schedule, wanted, taskQueue)
    ? []
    : [{ type: 'putSchedule', scheduleId: id, schedule: wanted }];
  const isSet = schedule.state === 'present' && schedule.generation === wanted.generation;
  const nextTime = isSet ? schedule.nextTime : undefined;
  const status: ResourceStatus = {
    ...without(accounted, 'nextScheduleTime', 'placement'),
    schedule: id,
    ...(shown && { placement: shown }),
    ...(nextTime !== undefined && !policy.suspend && { nextScheduleTime: nextTime }),
  };
  // Also where the data is to be kept: what else would remove the schedule?
  const first: Action[] = [...(hasFinalizer(resource) ? [] : [{ type: 'addFinalizer' } as const]), ...events];

  if (running !== undefined && generationOf(running.workflowId) < since)
    return [...first, ...stopOlder(observation, running.workflowId, running.report, status), ...put];
  if (running !== undefined) {
    const { workflowId, report } = running;
    const told = revision(observation, workflowId, report, status);
    const context = contextOf(observation, transfer, told?.status ?? status, workflowId);
    const next = goingOn(resource, context, report);
    return [
      ...first,
      ...startedEvent(context),
      ...(told?.actions ?? []),
      ...next.actions,
      { type: 'status', status: next.status },
      ...put,
      { type: 'awaitEnd', workflowId },
      { type: 'requeueAfter', milliseconds: next.lookAfter },
    ];
  }
  const idle = idleStatus(contextOf(observation, transfer, status, id), policy, since);
  if (put.length > 0 || schedule.state === 'absent')
    return [
      ...first,
      { type: 'status', status: idle },
      ...put,
      { type: 'requeueAfter', milliseconds: SETTLING },
    ];
  const { runNow, trigger } = seeToRunNow(resource, schedule, now);
  const cancel = cancelOf(resource);
  const seen = { ...(runNow && { runNow }), ...(cancel !== undefined && { cancel: { value: cancel } }) };
  return [
    ...first,
    { type: 'status', status: { ...without(idle, 'runNow'), ...seen } },
    ...trigger,
    trigger.length > 0
      ? { type: 'requeueAfter', milliseconds: SETTLING }
      : events.length > 0
        ? { type: 'requeueAfter', milliseconds: FOLLOWING }
        : { type: 'requeueAt', time: nextLook(status.nextScheduleTime, now) },
  ];
}

/** The generation since which the runs have done what they are to do now. */
function sinceOf(schedule: ScheduleReport, transfer: Transfer): number {
  if (schedule.state === 'absent') return transfer.generation;
  const { since, input } = schedule;
  const { transfer: former } = input as Partial<BatchTransferInput>;
  return former !== undefined && hasSameResult(former, transfer) ? since : transfer.generation;
}

function isAsWanted(schedule: ScheduleReport, wanted: ScheduleInput, taskQueue: string): boolean {
  return (
    schedule.state === 'present' &&
    schedule.stale === undefined &&
    schedule.generation === wanted.generation &&
    schedule.paused === wanted.paused &&
    schedule.taskQueue === taskQueue &&
    isSame(schedule.input.transfer, wanted.input.transfer) &&
    schedule.input.paused === wanted.input.paused &&
    // where Temporal does not tell a run what the last one left: one that was started beside another by hand
    isSame(places(schedule.input), places(wanted.input))
  );
}

function nextLook(nextTime: string | undefined, now: Date): Date {
  const due = nextTime === undefined ? Infinity : Math.max(Date.parse(nextTime), now.getTime()) + STARTING;
  return new Date(Math.min(due, now.getTime() + LATEST));
}

const places = ({ previous }: BatchTransferInput): string[] =>
  previous.map(({ endpoint, bucket, key }) => JSON.stringify([endpoint, bucket, key])).toSorted();

const isSame = <T>(a: T, b: T): boolean =>
  isDeepStrictEqual(JSON.parse(JSON.stringify(a)), JSON.parse(JSON.stringify(b)));
