import { describe, expect, test } from '@jest/globals';
import { scheduleId } from '../../workflows/contract.ts';
import { parseTransfer } from '../../operator/api/index.ts';
import type { ResourceStatus } from '../../operator/api/index.ts';
import type { Action } from '../../operator/reconcile/actions.ts';
import { scheduleToDescribe, workflowsToDescribe } from '../../operator/reconcile/reconcile.ts';
import { identityOf } from '../../operator/reconcile/resource.ts';
import { specTo } from '../support/operator-cluster.ts';
import { runningReport, runResult } from '../support/operator-temporal.ts';
import {
  NOW,
  OLDER,
  RUN,
  condition,
  decide,
  deleting,
  dry,
  events,
  finalized,
  progress,
  resourceOf,
  secondsAgo,
  statusOf,
  types,
} from '../support/situations.ts';
import { between, FIRST, NEXT, schedule, spec } from '../support/scheduled.ts';

const SCHEDULE = scheduleId(identityOf(resourceOf({})));
const started = (workflowId: string, seconds: number) => ({ workflowId, startedAt: secondsAgo(seconds) });
const result = runResult(['out']);

const put = (actions: Action[]) => actions.find((action) => action.type === 'putSchedule')?.schedule;

describe('a resource with a schedule', () => {
  test('is asked about first, and when it has none any more', () => {
    const asked = (more: object) => {
      const resource = resourceOf(more);
      return scheduleToDescribe(resource, parseTransfer(resource, {}));
    };
    expect(asked({ spec })).toBe(SCHEDULE);
    expect(asked({ status: { schedule: SCHEDULE } })).toBe(SCHEDULE);
    expect(asked({})).toBeUndefined();
    expect(asked({ spec, metadata: deleting })).toBeUndefined();
  });

  test('written again, and nothing else, where it is encrypted with a key of before', () => {
    const around = { spec, metadata: finalized, status: between };
    expect(put(decide({ ...around, schedule: schedule() }))).toBeUndefined();
    expect(put(decide({ ...around, schedule: schedule({ stale: true, generation: 2 }) }))).toMatchObject({
      ...{ generation: 2, since: 2, paused: false },
    });
  });

  test('finalizer, then the schedule in the status, then the schedule: no run before its time', () => {
    const actions = decide({ spec: { ...spec, noFinalizer: true }, schedule: { state: 'absent' } });
    expect(types(actions)).toEqual(['addFinalizer', 'status', 'putSchedule', 'requeueAfter']);
    expect(statusOf(actions)).toMatchObject({ status: 'Pending', schedule: SCHEDULE });
    expect(put(actions)).toMatchObject({
      schedule: { cron: '0 3 * * *', timeZone: 'UTC' },
      ...{ paused: false, generation: 2, since: 2 },
      input: { transfer: { generation: 2 }, previous: [] },
    });
  });

  test('that is set up: says when the next run is due, and is looked at then', () => {
    const status = { ...between, nextScheduleTime: '2026-01-01T00:01:30.000Z' };
    const soon = schedule({ nextTime: status.nextScheduleTime });
    const actions = decide({ spec, status, metadata: finalized, schedule: soon });
    expect(actions.at(-1)).toEqual({ type: 'requeueAt', time: new Date('2026-01-01T00:01:30.300Z') });
    expect(between).toMatchObject({ status: 'Pending', nextScheduleTime: NEXT });
    expect(condition(between, 'Progressing')).toMatchObject({
      status: 'False',
      reason: 'Scheduled',
      message: `The next run is due at ${NEXT}.`,
    });
    const later = decide({ spec, status: between, metadata: finalized, schedule: schedule() });
    expect(later).toEqual([{ type: 'requeueAt', time: new Date(NOW.getTime() + 300_000) }]);
  });

  test('a run of it: found, shown, and awaited', () => {
    const at = { spec, metadata: finalized, schedule: schedule({ recent: [started(FIRST, 30)] }) };
    const resource = resourceOf({ ...at, status: between });
    expect(workflowsToDescribe(resource, parseTransfer(resource, {}), at.schedule)).toEqual([FIRST]);
    const runs = { [FIRST]: runningReport({ progress: progress() }) };
    const actions = decide({ ...at, status: between, runs });
    expect(types(actions)).toEqual(['event', 'status', 'awaitEnd', 'requeueAfter']);
    expect(statusOf(actions)).toMatchObject({
      ...{ status: 'Running', active: FIRST, lastScheduleTime: secondsAgo(30), nextScheduleTime: NEXT },
      startTime: '2026-01-01T00:00:30.000Z',
    });
  });

  test('its end: the outcome, the history, and when the next one is due', () => {
    const status: ResourceStatus = {
      ...between,
      active: FIRST,
      startTime: NOW.toISOString(),
      status: 'Running',
    };
    const at = { spec, metadata: finalized, schedule: schedule({ runsStarted: 1 }) };
    const succeeded = decide({ ...at, status, runs: { [FIRST]: { state: 'completed', result } } });
    expect(events(succeeded)).toEqual(['Normal Success: Ingested 2 records!']);
    const next = statusOf(succeeded);
    expect(next).toMatchObject({
      ...{ status: 'Succeeded', lastCompleted: FIRST, nextScheduleTime: NEXT },
      history: [{ workflowId: FIRST, result: 'Succeeded', rows: 2, bytes: 20 }],
    });
    expect(next).not.toHaveProperty('active');
    expect(condition(next, 'Ready')).toMatchObject({ status: 'True' });
    expect(condition(next, 'Progressing')).toMatchObject({ reason: 'Scheduled' });
    // what it wrote is told to the schedule, too
    expect(put(succeeded)!.input.previous).toMatchObject([{ key: 'out' }]);
    const told = schedule({ runsStarted: 1, input: put(succeeded)!.input });
    expect(types(decide({ ...at, schedule: told, status: next }))).toEqual(['requeueAt']);

    const end = { state: 'failed', message: 'no such column', closeTime: NOW.toISOString() } as const;
    const failed = statusOf(decide({ ...at, status, runs: { [FIRST]: end } }));
    expect(failed).toMatchObject({
      ...{ status: 'Fatal', error: 'no such column', lastFailed: FIRST },
      history: [{ result: 'Failed', error: 'no such column' }],
    });
    // the next one starts afresh
    const second = `${RUN}-2026-01-01T00:00:50Z`;
    const again = schedule({ recent: [started(FIRST, 30), started(second, 10)] });
    const seen = { ...failed, lastScheduleTime: secondsAgo(30) };
    const running = decide({ ...at, status: seen, schedule: again, runs: { [second]: runningReport() } });
    expect(statusOf(running)).toMatchObject({ status: 'Running', active: second });
    expect(statusOf(running)).not.toHaveProperty('error');
  });

  test('runs that nobody has watched are all accounted for, in order', () => {
    const ids = [50, 40, 30].map((seconds) => `${RUN}-2026-01-01T00:00:${60 - seconds}Z`);
    const recent = ids.map((id, index) => started(id, 50 - 10 * index));
    const ends = { closeTime: NOW.toISOString(), message: 'denied' };
    const actions = decide({
      spec,
      status: { ...between, lastScheduleTime: secondsAgo(50) },
      metadata: finalized,
      schedule: schedule({ recent, runsStarted: 3 }),
      runs: { [ids[1]!]: { state: 'failed', ...ends }, [ids[2]!]: { state: 'completed', result } },
    });
    expect(statusOf(actions)).toMatchObject({
      ...{ status: 'Succeeded', lastFailed: ids[1], lastCompleted: ids[2], lastScheduleTime: secondsAgo(30) },
    });
    expect(statusOf(actions).history).toHaveLength(2);
    expect(statusOf(actions)).not.toHaveProperty('error');
  });

  test('is suspended: the schedule pauses, the run goes on', () => {
    const suspended = { ...spec, suspend: true };
    const status: ResourceStatus = { ...between, active: FIRST, status: 'Running' };
    const at = { spec: suspended, metadata: { ...finalized, generation: 3 }, status };
    const runs = { [FIRST]: runningReport({ progress: progress() }) };
    const actions = decide({ ...at, schedule: schedule(), runs });
    expect(types(actions)).not.toContain('cancel');
    expect(put(actions)).toMatchObject({ paused: true, generation: 3, since: 2 });
    const paused = schedule({ of: suspended, generation: 3, since: 2, paused: true });
    const ended = statusOf(
      decide({ ...at, schedule: paused, runs: { [FIRST]: { state: 'completed', result } } }),
    );
    expect(ended.status).toBe('Succeeded');
    expect(ended).not.toHaveProperty('nextScheduleTime');
    expect(condition(ended, 'Progressing')).toMatchObject({ reason: 'Suspended' });
  });

  test('another spec: the run of before is cancelled, the schedule is changed in place', () => {
    const status: ResourceStatus = { ...between, active: FIRST, status: 'Running' };
    const at = { metadata: { ...finalized, generation: 3 }, status, schedule: schedule() };
    const runs = { [FIRST]: runningReport() };
    const actions = decide({ ...at, spec: specTo('new', { schedule: '0 3 * * *' }), runs });
    expect(types(actions)).toEqual(['cancel', 'status', 'awaitEnd', 'requeueAfter', 'putSchedule']);
    expect(statusOf(actions)).toMatchObject({ status: 'Pending', active: FIRST });
    expect(put(actions)).toMatchObject({ generation: 3, since: 3 });
    // other times are no other spec
    expect(types(decide({ ...at, spec: specTo('out', { schedule: '@daily' }), runs }))).not.toContain(
      'cancel',
    );
  });

  test('what an older spec wrote is its outcome, not the state', () => {
    const changed = specTo('new', { schedule: '0 3 * * *' });
    const status: ResourceStatus = { ...between, active: FIRST, status: 'Pending' };
    const next = statusOf(
      decide({
        spec: changed,
        metadata: { ...finalized, generation: 3 },
        status,
        schedule: schedule({ of: changed, generation: 3 }),
        runs: { [FIRST]: { state: 'completed', result } },
      }),
    );
    expect(next).toMatchObject({ status: 'Pending', lastCompleted: FIRST, objects: [{ key: 'out' }] });
    expect(next.history).toHaveLength(1);
  });

  test('a spec that is wrong pauses it; corrected, it goes on', () => {
    const at = { metadata: { ...finalized, generation: 3 }, status: between };
    const wrong = decide({ ...at, spec: { ...spec, maxFailedRetries: 11 }, schedule: schedule() });
    expect(types(wrong)).toEqual(['pauseSchedule', 'requeueAfter']);
    const paused = schedule({ paused: true });
    const refused = decide({ ...at, spec: { ...spec, maxFailedRetries: 11 }, schedule: paused });
    expect(statusOf(refused)).toMatchObject({ status: 'ConfigurationError', schedule: SCHEDULE });
    expect(put(decide({ ...at, spec, schedule: paused }))).toMatchObject({ paused: false, since: 2 });
  });

  test('a dry run comes before it', () => {
    const actions = decide({ spec, metadata: dry, schedule: { state: 'absent' } });
    expect(types(actions)).toEqual(['status', 'startPlan', 'awaitEnd', 'requeueAfter']);
    const late = decide({ spec, metadata: { ...finalized, ...dry }, status: between, schedule: schedule() });
    expect(types(late)).toEqual(['requeueAt']);
  });
});

describe('a run of a schedule', () => {
  const older = { [`${OLDER}-2026-01-01T00:00:30Z`]: runningReport({ progress: progress() }) };
  const [id] = Object.keys(older);
  const former = schedule({ generation: 1 });
  const going = {
    status: { ...between, active: id!, lastScheduleTime: secondsAgo(30) },
    schedule: { ...former, recent: [started(id!, 30)], runsStarted: 1 },
    former: former.input.transfer,
    runs: older,
  };

  test('is told what does not change the copy; those that start later begin so', () => {
    const limited = specTo('out', { schedule: '0 3 * * *', limits: { bandwidth: '1Mi' }, paused: true });
    const actions = decide({ ...going, spec: limited, metadata: finalized });
    expect(actions).toContainEqual({
      type: 'tell',
      workflowId: id,
      what: {
        name: 'revise',
        argument: { transfer: expect.objectContaining({ generation: 2 }), paused: true },
      },
    });
    expect(types(actions)).not.toContain('cancel');
    expect(put(actions)).toMatchObject({
      since: 1,
      input: { paused: true, transfer: { limits: { bytesPerSecond: 1_048_576 } } },
    });
    const status = statusOf(actions);
    expect(status.revised).toEqual({ workflowId: id, generation: 2 });
    const again = decide({ ...going, status, spec: limited, metadata: finalized });
    expect(types(again)).not.toContain('tell');
  });

  test('is cancelled by the annotation, unless it was there before', () => {
    const metadata = { ...finalized, annotations: { 'ddc.fybrik.io/cancel': '1' } };
    const situation = { ...going, spec, metadata };
    expect(types(decide(situation))).toContain('cancel');
    const idle = statusOf(decide({ status: between, spec, metadata, schedule: schedule() }));
    expect(idle.cancel).toEqual({ value: '1' });
    const status = { ...going.status, cancel: idle.cancel };
    expect(types(decide({ ...situation, status }))).not.toContain('cancel');
  });
});

describe('a schedule that is not wanted any more', () => {
  const status: ResourceStatus = { ...between, status: 'Running', active: FIRST, objects: [] };
  const at = { metadata: { ...finalized, generation: 3 } };
  const runs = { [FIRST]: runningReport() };

  test('pauses, then its run is cancelled, then it is removed, then the resource runs once', () => {
    expect(types(decide({ ...at, status, schedule: schedule(), runs }))).toEqual([
      'pauseSchedule',
      'requeueAfter',
    ]);
    const paused = schedule({ paused: true });
    expect(types(decide({ ...at, status, schedule: paused, runs }))).toContain('cancel');
    const over = { [FIRST]: { state: 'completed', result } as const };
    const removed = decide({ ...at, status, schedule: paused, runs: over });
    expect(types(removed)).toEqual(['status', 'deleteSchedule', 'requeueAfter']);
    const next = statusOf(removed);
    expect(next).toMatchObject({ schedule: SCHEDULE, objects: [{ key: 'out' }] });
    const once = decide({ ...at, status: next, schedule: { state: 'absent' } });
    expect(once.find(({ type }) => type === 'start')).toMatchObject({
      input: { previous: [{ key: 'out' }] },
    });
    expect(statusOf(once)).not.toHaveProperty('schedule');
  });

  test('a deletion removes it before the data', () => {
    const gone = { metadata: deleting, spec };
    expect(types(decide({ ...gone, status, schedule: schedule(), runs }))).toEqual([
      'pauseSchedule',
      'requeueAfter',
    ]);
    const paused = schedule({ paused: true });
    expect(types(decide({ ...gone, status, schedule: paused, runs }))).toEqual([
      ...['cancel', 'status', 'awaitEnd', 'requeueAfter'],
    ]);
    const over = { [FIRST]: { state: 'completed', result } as const };
    const removed = decide({ ...gone, status, schedule: paused, runs: over });
    expect(types(removed)).toEqual(['status', 'deleteSchedule', 'requeueAfter']);
    const last = decide({ ...gone, status: statusOf(removed), schedule: { state: 'absent' } });
    expect(last.find(({ type }) => type === 'startDelete')).toMatchObject({
      input: { objects: [{ key: 'out' }] },
    });
  });

  test('data that is to be kept is kept; the schedule goes all the same', () => {
    const kept = { metadata: deleting, spec: { ...spec, noFinalizer: true }, status: between };
    expect(types(decide({ ...kept, schedule: schedule({ paused: true }) }))).toContain('deleteSchedule');
    expect(types(decide({ ...kept, schedule: { state: 'absent' } }))).toEqual(['removeFinalizer']);
  });
});
