import { createHash } from 'node:crypto';
import { scheduleId } from '../../workflows/contract.ts';
import type { ResourceStatus } from '../api/index.ts';
import type { Action, PresentSchedule } from './actions.ts';
import { identityOf, runNowOf } from './resource.ts';
import type { TransferResource } from './resource.ts';

/** Milliseconds in which a repeated request is the same one for Temporal. */
const SAME = 60_000;

/**
 * Has a schedule of which no run goes on start one for a new value of the annotation. The status notes first how many runs
 * there have been: until there is one more, the same request is repeated, which Temporal takes for the same. So a
 * value starts one run, whenever an operator dies.
 */
export function seeToRunNow(
  resource: TransferResource,
  { runsStarted }: Pick<PresentSchedule, 'runsStarted'>,
  now: Date,
): { runNow: ResourceStatus['runNow']; trigger: Action[] } {
  const seen = resource.status?.runNow;
  if (seen?.afterRuns === runsStarted) return request(resource, seen.value, runsStarted, now);
  const value = runNowOf(resource);
  if (value !== undefined && value !== seen?.value) return request(resource, value, runsStarted, now);
  return { runNow: seen && { value: seen.value }, trigger: [] };
}

function request(
  resource: TransferResource,
  value: string,
  afterRuns: number,
  now: Date,
): ReturnType<typeof seeToRunNow> {
  const id = scheduleId(identityOf(resource));
  const minute = Math.floor(now.getTime() / SAME);
  const requestId = createHash('sha256').update(`${id} ${value} ${afterRuns} ${minute}`).digest('hex');
  return {
    runNow: { value, afterRuns },
    trigger: [{ type: 'triggerSchedule', scheduleId: id, requestId }],
  };
}
