import { describe, expect, test } from '@jest/globals';
import type { ResourceStatus } from '../../operator/api/index.ts';
import { statusSchema } from '../../operator/api/status.ts';
import { parseTransfer } from '../../operator/api/index.ts';
import { workflowsToDescribe } from '../../operator/reconcile/reconcile.ts';
import { planReport, runningReport } from '../support/operator-temporal.ts';
import {
  condition,
  decide,
  dry,
  events,
  NOW,
  OLDER,
  PLAN,
  resourceOf,
  RUN,
  statusOf,
  types,
} from '../support/situations.ts';

const ended = { message: 'no such bucket', closeTime: NOW.toISOString() };

describe('a resource with the annotation for a dry run', () => {
  test('is planned, not run: no finalizer, the intent in the status, then the start of the plan', () => {
    const actions = decide({ metadata: dry });
    expect(types(actions)).toEqual(['status', 'startPlan', 'awaitEnd', 'requeueAfter']);
    expect(actions[1]).toMatchObject({ workflowId: PLAN, input: { transfer: { generation: 2 } } });
    expect(statusOf(actions)).toMatchObject({ status: 'Pending', active: PLAN });
    expect(condition(statusOf(actions), 'Ready')).toMatchObject({ status: 'False', reason: 'DryRun' });
  });

  test.each(['false', 'True', '1', ''])('the value %j runs it', (value) => {
    const metadata = { annotations: { 'ddc.fybrik.io/dry-run': value } };
    expect(types(decide({ metadata }))).toContain('start');
  });

  test('while the plan is made, says so, and why it is tried again', () => {
    const status: ResourceStatus = { status: 'Pending', active: PLAN };
    const planning = decide({ metadata: dry, status, plan: runningReport() });
    expect(types(planning)).toEqual(['status', 'awaitEnd', 'requeueAfter']);
    expect(condition(statusOf(planning), 'Progressing')).toMatchObject({
      status: 'True',
      reason: 'Planning',
    });
    const trouble = { attempt: 2, message: 'no route' };
    const retried = decide({ metadata: dry, status, plan: runningReport({ trouble }) });
    expect(condition(statusOf(retried), 'Progressing')).toMatchObject({ reason: 'Retrying' });
    expect(condition(statusOf(retried), 'Progressing')?.message).toContain('no route');
  });

  test('the plan is put into the status once, with an event; then nothing more is done or asked', () => {
    const status: ResourceStatus = { status: 'Pending', active: PLAN };
    const plan = { state: 'planned' as const, report: planReport() };
    const actions = decide({ metadata: dry, status, plan });
    expect(events(actions)).toEqual([
      'Normal Planned: A run would read 1 object, 30 bytes, in 1 chunk and write s3://bucket/out.',
    ]);
    const next = statusOf(actions);
    expect(next).toMatchObject({
      status: 'Pending',
      plan: { generation: 2, objects: 1, bytes: 30, chunks: 1, writes: 's3://bucket/out' },
    });
    expect(next).not.toHaveProperty('active');
    expect(next).not.toHaveProperty('destination');
    expect(condition(next, 'Ready')).toMatchObject({ status: 'False', reason: 'DryRun' });
    expect(decide({ metadata: dry, status: next })).toEqual([]);
    const resource = resourceOf({ metadata: dry, status: next });
    expect(workflowsToDescribe(resource, parseTransfer(resource, {}))).toEqual([RUN]);
    // what is not allowed is told at once
    const denied = planReport({
      permissions: [{ side: 'destination', request: 'PUT', location: 's3://bucket/out', outcome: 'denied' }],
    });
    const refused = decide({ metadata: dry, status, plan: { state: 'planned', report: denied } });
    expect(events(refused)[0]).toContain('It would fail: not allowed are PUT s3://bucket/out.');
  });

  test('however large the plan, the status is bounded and fits the schema', () => {
    const columns = Array.from({ length: 5000 }, (_, index) => ({
      name: `column ${index} ${'x'.repeat(3000)}`,
      type: 'y'.repeat(5000),
      nullable: true,
    }));
    const side = { format: 'csv', columns };
    const texts = Array.from({ length: 1000 }, (_, index) => `${index} ${'z'.repeat(5000)}`);
    const report = planReport({ source: side, destination: side, conversions: texts, warnings: texts });
    const next = statusOf(
      decide({ metadata: dry, status: { active: PLAN }, plan: { state: 'planned', report } }),
    );
    expect(next.plan?.source).toMatchObject({ moreColumns: 4900 });
    expect(next.plan?.source.columns).toHaveLength(100);
    expect(JSON.stringify(next).length).toBeLessThan(600_000);
    expect(statusSchema.strict().safeParse(next).error).toBeUndefined();
  });

  test.each([
    [{ state: 'failed', ...ended } as const, 'no such bucket'],
    [{ state: 'terminated', ...ended } as const, 'the plan was ended before it was made'],
  ])('a plan that cannot be made (%#) is fatal until something changes', (plan, text) => {
    const actions = decide({ metadata: dry, status: { status: 'Pending', active: PLAN }, plan });
    expect(events(actions)[0]).toContain(`Warning PlanFailed: ${text}`);
    const next = statusOf(actions);
    expect(next).toMatchObject({ status: 'Fatal', lastFailed: PLAN });
    expect(next.error).toContain(text);
    expect(decide({ metadata: dry, status: next })).toEqual([]);
    expect(types(decide({ status: next }))).toContain('start');
  });

  test('a run that has begun goes on; one that has ended stays', () => {
    const running = decide({ metadata: dry, status: { active: RUN }, run: runningReport() });
    expect(types(running)).not.toContain('startPlan');
    expect(statusOf(running).active).toBe(RUN);
    const done: ResourceStatus = { status: 'Succeeded', lastCompleted: RUN };
    expect(decide({ metadata: dry, status: done })).toEqual([]);
  });
});

describe('when the annotation goes', () => {
  test('a finished plan: the run starts, the plan stays in the status', () => {
    const plan = { state: 'planned' as const, report: planReport() };
    const planned = statusOf(decide({ metadata: dry, status: { active: PLAN }, plan }));
    const actions = decide({ status: planned });
    expect(types(actions)).toEqual(['addFinalizer', 'status', 'start', 'awaitEnd', 'requeueAfter']);
    expect(statusOf(actions)).toMatchObject({ active: RUN, plan: { generation: 2 } });
    // of another generation it would mislead
    const former = { ...planned, plan: { ...planned.plan!, generation: 1 } };
    expect(statusOf(decide({ status: former }))).not.toHaveProperty('plan');
  });

  test('a plan under way is ended first; it leaves no trace', () => {
    const status: ResourceStatus = { status: 'Pending', active: PLAN };
    const stopping = decide({ status, plan: runningReport() });
    expect(types(stopping)).toEqual(['cancel', 'status', 'awaitEnd', 'requeueAfter']);
    expect(condition(statusOf(stopping), 'Progressing')?.message).toContain('until the plan has stopped');
    const after = decide({ status, plan: { state: 'cancelled', ...ended } });
    expect(types(after)).toContain('start');
    expect(statusOf(after)).not.toHaveProperty('lastFailed');
  });
});

test('a dry run of a changed spec waits for the run of the spec before', () => {
  const status: ResourceStatus = { status: 'Running', active: OLDER };
  expect(types(decide({ metadata: dry, status, older: runningReport() }))).toContain('cancel');
});
