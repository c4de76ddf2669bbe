import type { Transfer } from '../../workflows/contract.ts';
import type { ResourceStatus } from '../api/index.ts';
import type { Action, Observation, RunReport, RunningReport, ScheduleReport } from './actions.ts';
import { contextOf } from './context.ts';
import { ended } from './run-events.ts';
import { generationOf, isScheduledRun } from './run-ids.ts';
import { without, withoutRun } from './run-status.ts';
import { withOutcome } from './stop-older.ts';

/** What the status says when all is accounted for that a schedule has started. */
export interface Accounted {
  status: ResourceStatus;
  /** Of runs that have ended. */
  events: Action[];
  running?: { workflowId: string; report: RunningReport };
}

/** Runs that the schedule has started since the status was written last, the oldest first. */
export function unaccounted(
  { lastScheduleTime }: ResourceStatus,
  schedule: ScheduleReport | undefined,
): { workflowId: string; startedAt: string }[] {
  if (schedule?.state !== 'present') return [];
  const last = lastScheduleTime === undefined ? -Infinity : Date.parse(lastScheduleTime);
  return schedule.recent.filter(({ startedAt }) => Date.parse(startedAt) > last);
}

/**
 * Takes the runs of a schedule, which nobody announces, into the status. They follow one another, so that one goes on at
 * most.
 * @param present the status, with what other runs have left accounted for
 * @param current what the runs do now, and since which generation; of earlier ones only the outcome counts
 */
export function accountForRuns(
  observation: Observation,
  runs: Record<string, RunReport>,
  present: ResourceStatus,
  current?: { transfer: Transfer; since: number },
): Accounted {
  const started = unaccounted(present, observation.schedule);
  const ids = new Set(started.map(({ workflowId }) => workflowId));
  const { active } = present;
  const known = active !== undefined && isScheduledRun(active) && !ids.has(active) ? [active] : [];
  const accounted: Accounted = { status: present, events: [] };
  for (const workflowId of [...known, ...ids]) {
    const report = runs[workflowId] ?? { state: 'absent' };
    const { status } = accounted;
    const before = status.active === workflowId ? status : withoutRun(status);
    if (report.state === 'running') {
      accounted.running = { workflowId, report };
      accounted.status = { ...before, active: workflowId };
    } else if (report.state === 'absent' || report.state === 'deleted' || report.state === 'planned') {
      accounted.status = without(before, 'active');
    } else if (current !== undefined && generationOf(workflowId) >= current.since) {
      const context = contextOf(observation, current.transfer, before, workflowId);
      const end = ended(context, report, 'the next one is due by the schedule');
      accounted.events.push(...end.events);
      accounted.status = end.status;
    } else accounted.status = withOutcome(observation, before, workflowId, report);
  }
  const last = started.at(-1);
  if (last !== undefined) accounted.status = { ...accounted.status, lastScheduleTime: last.startedAt };
  return accounted;
}
