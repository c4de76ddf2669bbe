import { describe, expect, test } from '@jest/globals';
import type { ResourceStatus } from '../../operator/api/index.ts';
import { specTo } from '../support/operator-cluster.ts';
import { runningReport, runResult } from '../support/operator-temporal.ts';
import { OLDER, RUN, condition, decide, finalized, statusOf, types } from '../support/situations.ts';
import { between, FIRST, schedule, spec } from '../support/scheduled.ts';

const result = runResult(['out']);
const now = (value: string) => ({ ...finalized, annotations: { 'ddc.fybrik.io/run-now': value } });

describe('run-now', () => {
  test('of a schedule: requested until there is one run more, for a new value only', () => {
    const at = { spec, metadata: now('a'), schedule: schedule({ runsStarted: 4 }) };
    const asked = decide({ ...at, status: between });
    expect(types(asked)).toEqual(['status', 'triggerSchedule', 'requeueAfter']);
    const next = statusOf(asked);
    expect(next.runNow).toEqual({ value: 'a', afterRuns: 4 });
    const again = decide({ ...at, status: next });
    expect(again.find(({ type }) => type === 'triggerSchedule')).toEqual(
      asked.find(({ type }) => type === 'triggerSchedule'),
    );
    const done = statusOf(decide({ ...at, status: next, schedule: schedule({ runsStarted: 5 }) }));
    expect(done.runNow).toEqual({ value: 'a' });
    const idle = { ...at, status: done, schedule: schedule({ runsStarted: 5 }) };
    expect(types(decide(idle))).toEqual(['requeueAt']);
    expect(types(decide({ ...idle, metadata: now('b') }))).toContain('triggerSchedule');
  });

  test('while a run goes on it waits for the end, also when the schedule is suspended', () => {
    const status: ResourceStatus = { ...between, active: FIRST, status: 'Running' };
    const runs = { [FIRST]: runningReport() };
    const at = { spec, metadata: now('a'), schedule: schedule() };
    expect(types(decide({ ...at, status, runs }))).not.toContain('triggerSchedule');
    const suspended = { ...spec, suspend: true };
    const paused = schedule({ of: suspended, paused: true });
    expect(types(decide({ ...at, spec: suspended, status: between, schedule: paused }))).toContain(
      'triggerSchedule',
    );
  });

  test('without a schedule: one more run, once for a value', () => {
    const done: ResourceStatus = { status: 'Succeeded', lastCompleted: RUN };
    const actions = decide({ metadata: now('a'), status: done });
    const start = actions.find((action) => action.type === 'start')!;
    expect(start.workflowId).toMatch(new RegExp(`^${RUN}-now-[0-9a-f]{16}$`));
    const status = statusOf(actions);
    expect(status).toMatchObject({ active: start.workflowId, runNow: { value: 'a' } });
    // killed before the start
    expect(decide({ metadata: now('a'), status }).find(({ type }) => type === 'start')).toEqual(start);
    const end = { state: 'completed', result } as const;
    const ended = statusOf(decide({ metadata: now('a'), status, runs: { [start.workflowId]: end } }));
    expect(ended).toMatchObject({ status: 'Succeeded', lastCompleted: start.workflowId });
    expect(ended.history).toHaveLength(1);
    expect(decide({ metadata: now('a'), status: ended })).toEqual([]);
    expect(decide({ metadata: finalized, status: ended })).toEqual([]);
    expect(types(decide({ metadata: now('b'), status: ended }))).toContain('start');
  });

  test('that is there from the start, or while the run goes on: the first run sees to it, or it waits', () => {
    expect(statusOf(decide({ metadata: now('a') }))).toMatchObject({ active: RUN, runNow: { value: 'a' } });
    const status: ResourceStatus = { status: 'Running', active: RUN };
    expect(types(decide({ metadata: now('a'), status, run: runningReport() }))).not.toContain('start');
  });
});

describe('suspend without a schedule', () => {
  const suspended = specTo('out', { suspend: true });

  test('starts nothing and says so; a person may have it run', () => {
    const actions = decide({ spec: suspended, metadata: finalized });
    expect(types(actions)).toEqual(['status']);
    const next = statusOf(actions);
    expect(next.status).toBe('Pending');
    expect(condition(next, 'Progressing')).toMatchObject({ status: 'False', reason: 'Suspended' });
    expect(decide({ spec: suspended, metadata: finalized, status: next })).toEqual([]);
    expect(types(decide({ spec: suspended, metadata: now('a'), status: next }))).toContain('start');
  });

  test('leaves the run of before alone, and takes its outcome', () => {
    const status: ResourceStatus = { status: 'Running', active: OLDER };
    const on = decide({ spec: suspended, metadata: finalized, status, older: runningReport() });
    expect(types(on)).toEqual(['status', 'awaitEnd', 'requeueAfter']);
    expect(statusOf(on)).toMatchObject({ status: 'Running', active: OLDER });
    const end = decide({
      spec: suspended,
      metadata: finalized,
      status,
      older: { state: 'completed', result },
    });
    expect(statusOf(end)).toMatchObject({ status: 'Pending', lastCompleted: OLDER });
    expect(statusOf(end)).not.toHaveProperty('active');
  });
});
