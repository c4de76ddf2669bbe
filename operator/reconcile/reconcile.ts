import { isDeepStrictEqual } from 'node:util';
import { deleteWorkflowId, scheduleId } from '../../workflows/contract.ts';
import type { ParsedTransfer, ResourceStatus } from '../api/index.ts';
import type { Action, Observation, RunReport, ScheduleReport } from './actions.ts';
import { contextOf } from './context.ts';
import { reconcileDeletion } from './deletion.ts';
import { isHeldBack, seenTo, suspendedStatus, wantedRun } from './direct-run.ts';
import { isPlanId, isPlanned, planOfDryRun, reconcileDryRun } from './dry-run.ts';
import { quieten, remove, withoutSchedule } from './end-schedule.ts';
import { pollDelay } from './poll.ts';
import { refuse } from './refusal.ts';
import { cancelOf, hasFinalizer, identityOf } from './resource.ts';
import type { TransferResource } from './resource.ts';
import { goingOn } from './going-on.ts';
import { ended, startedEvent } from './run-events.ts';
import { revision } from './revision.ts';
import { isScheduledRun } from './run-ids.ts';
import { intendedStatus, runningStatus, withConditions } from './run-status.ts';
import { reconcileSchedule } from './schedule.ts';
import { accountForRuns, unaccounted } from './scheduled-runs.ts';
import { stopOlder, withOutcome } from './stop-older.ts';

/** Actions by which something begins: the status is written before, though it says so already. */
const BEGINNINGS = new Set<Action['type']>([
  'start',
  'startPlan',
  'startDelete',
  'putSchedule',
  'triggerSchedule',
]);

/** The schedule that Temporal has to be asked about first of all; undefined when there is none and none is wanted. */
export function scheduleToDescribe(resource: TransferResource, parsed: ParsedTransfer): string | undefined {
  const { metadata, status } = resource;
  const wanted = parsed.ok && parsed.policy.schedule !== undefined && !metadata.deletionTimestamp;
  return wanted ? scheduleId(identityOf(resource)) : status?.schedule;
}

/**
 * The workflow ids that Temporal has to be asked about before `reconcile` can decide.
 * @param schedule what it says of `scheduleToDescribe`
 */
export function workflowsToDescribe(
  resource: TransferResource,
  parsed: ParsedTransfer,
  schedule?: ScheduleReport,
): string[] {
  const { metadata, status = {} } = resource;
  const ids = new Set<string>();
  if (status.active) ids.add(status.active);
  for (const { workflowId } of unaccounted(status, schedule)) ids.add(workflowId);
  if (metadata.deletionTimestamp) {
    if (hasFinalizer(resource)) ids.add(deleteWorkflowId(identityOf(resource)));
  } else if (parsed.ok) {
    const run = parsed.policy.schedule === undefined ? wantedRun(resource, parsed.policy) : undefined;
    if (run !== undefined) ids.add(run);
    const plan = planOfDryRun(resource);
    const settled = run === undefined && parsed.policy.schedule === undefined;
    if (plan !== undefined && !settled && !isPlanned(resource, plan)) ids.add(plan);
  }
  return [...ids];
}

/**
 * Decides what to do about one resource. Pure: the same observation gives the same actions, so that an operator that
 * stopped between any two actions continues where it was.
 *
 * A run, or a schedule of runs, is recorded in the status before it is started, by a write that fails when the resource has
 * changed since it was seen: so every run that may exist is known to the status, or to a schedule that is, and at most one
 * is not closed.
 */
export function reconcile(observation: Observation): Action[] {
  const actions = observation.runs ? decide(observation, observation.runs) : temporalUnavailable(observation);
  // Before a start the status is written even when it says so already: the write fails if somebody else was faster.
  const starts = actions.some(({ type }) => BEGINNINGS.has(type));
  const { status } = observation.resource;
  return actions.filter((action) => action.type !== 'status' || starts || differs(action.status, status));
}

function decide(observation: Observation, runs: Record<string, RunReport>): Action[] {
  const { resource, parsed } = observation;
  const { status: present = {}, metadata } = resource;
  if (metadata.deletionTimestamp) return reconcileDeletion(observation, runs);
  const settled = settleOlder(observation, runs, present);
  if ('actions' in settled) return settled.actions;
  const idle = settled.status;
  const { told = [] } = settled;

  const policy = parsed.ok ? parsed.policy : undefined;
  if (parsed.ok && policy?.schedule !== undefined && !isToBePlanned(observation))
    return reconcileSchedule(observation, runs, idle, parsed.transfer, {
      ...policy,
      schedule: policy.schedule,
    });
  if (present.schedule === undefined) return [...told, ...decideCurrent(observation, runs, idle)];

  // There is a schedule, or was: nothing else is done before it has come to rest.
  const accounted = accountForRuns(observation, runs, idle);
  const stopping = quieten(observation, accounted);
  if (stopping !== undefined) return stopping;
  // where it is wanted when the spec is corrected, or has been planned, it keeps its history
  const wantedAgain = !parsed.ok || policy?.schedule !== undefined;
  if (wantedAgain) return decideCurrent(observation, runs, accounted.status);
  return (
    remove(observation, accounted) ?? decideCurrent(observation, runs, withoutSchedule(accounted.status))
  );
}

/** A run or plan of an earlier spec that the operator has started itself: it ends first, and its outcome counts. */
function settleOlder(
  observation: Observation,
  runs: Record<string, RunReport>,
  present: ResourceStatus,
): { actions: Action[] } | { status: ResourceStatus; told?: Action[] } {
  const { resource, parsed } = observation;
  const { active } = present;
  if (active === undefined || isScheduledRun(active)) return { status: present };
  const unscheduled = !parsed.ok || parsed.policy.schedule === undefined;
  const current = parsed.ok && unscheduled ? wantedRun(resource, parsed.policy) : undefined;
  if (active === planOfDryRun(resource) || active === current) return { status: present };
  const report = runs[active] ?? { state: 'absent' };
  if (report.state !== 'running') return { status: withOutcome(observation, present, active, report) };
  const revised =
    unscheduled && present.schedule === undefined && revision(observation, active, report, present);
  if (revised) return { status: revised.status, told: revised.actions };
  if (!parsed.ok || !parsed.policy.suspend || isPlanId(active))
    return { actions: stopOlder(observation, active, report) };
  // what goes on goes on
  const context = contextOf(observation, parsed.transfer, present, active);
  return {
    actions: [
      { type: 'status', status: runningStatus(context, report) },
      { type: 'awaitEnd', workflowId: active },
      { type: 'requeueAfter', milliseconds: pollDelay(report.startTime, observation.now) },
    ],
  };
}

/** @param present the status with what older runs have left already accounted for */
function decideCurrent(
  observation: Observation,
  runs: Record<string, RunReport>,
  present: ResourceStatus,
): Action[] {
  const { resource, parsed, now, parkFor } = observation;
  const unneeded: Action[] =
    parsed.noFinalizer && present.schedule === undefined && hasFinalizer(resource)
      ? [{ type: 'removeFinalizer' }]
      : [];
  if (!parsed.ok) return [...unneeded, ...refuse(observation, parsed, present)];
  const { policy, transfer } = parsed;
  const workflowId = wantedRun({ ...resource, status: present }, policy);
  if (workflowId === undefined) return unneeded;
  const context = contextOf(observation, transfer, present, workflowId);
  const report = runs[workflowId] ?? { state: 'absent' };
  const plan = planOfDryRun(resource);
  if (plan !== undefined && report.state === 'absent') {
    if (isPlanned(resource, plan)) return unneeded;
    const planning = { ...context, workflowId: plan };
    return [...unneeded, ...reconcileDryRun(planning, runs[plan] ?? { state: 'absent' })];
  }
  const watched: Action[] = [{ type: 'awaitEnd', workflowId }];
  switch (report.state) {
    case 'absent': {
      if (isHeldBack(resource, policy, workflowId))
        return [...unneeded, { type: 'status', status: suspendedStatus(context) }];
      const needed: Action[] = parsed.noFinalizer || hasFinalizer(resource) ? [] : [{ type: 'addFinalizer' }];
      return [
        ...unneeded,
        ...needed,
        {
          type: 'status',
          status: intendedStatus(context, {
            runNow: seenTo(resource, workflowId),
            cancel: cancelOf(resource),
          }),
        },
        {
          type: 'start',
          workflowId,
          input: {
            transfer,
            previous: present.objects ?? [],
            ...(parkFor !== undefined && { parkFor }),
            ...(policy.paused && { paused: true }),
          },
        },
        ...watched,
        { type: 'requeueAfter', milliseconds: pollDelay(now.toISOString(), now) },
      ];
    }
    case 'running': {
      const { actions, status, lookAfter } = goingOn(resource, context, report);
      return [
        ...unneeded,
        ...startedEvent(context),
        ...actions,
        { type: 'status', status },
        // it ends in a day or so, and long polls are few
        ...(status.parked === undefined ? watched : []),
        { type: 'requeueAfter', milliseconds: lookAfter },
      ];
    }
    case 'deleted':
    case 'planned':
      return unneeded;
    default: {
      const { events, status } = ended(context, report, 'change the resource to run again');
      return [...unneeded, ...events, { type: 'status', status }];
    }
  }
}

/** A dry run comes before the schedule, and after it only when the spec has changed since. */
function isToBePlanned({ resource, schedule }: Observation): boolean {
  if (planOfDryRun(resource) === undefined) return false;
  return schedule?.state !== 'present' || schedule.generation !== resource.metadata.generation;
}

/** Nothing is decided without Temporal, and what the status says of the run stays. */
function temporalUnavailable({ resource, now }: Observation): Action[] {
  const present = resource.status ?? {};
  const message = 'Temporal cannot be reached; trying again until it can.';
  const status = withConditions(
    { present, generation: resource.metadata.generation, now },
    { ...present, status: present.status ?? 'Pending' },
    { Progressing: ['False', 'TemporalUnavailable', message] },
  );
  // the rest of the status describes what it described before
  status.observedGeneration = present.observedGeneration;
  return [{ type: 'status', status }, { type: 'retry' }];
}

function differs(next: ResourceStatus, present: ResourceStatus | undefined): boolean {
  return !isDeepStrictEqual(JSON.parse(JSON.stringify(next)), present ?? {});
}
