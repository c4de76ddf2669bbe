import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { scheduleId } from '../../workflows/contract.ts';
import type { ResourceStatus } from '../../operator/api/status.ts';
import { apply, batchTransfer, eventsOf, getTransfer, kubectl, untilGone } from '../support/kubernetes.ts';
import { expectOnly } from '../support/outcome.ts';
import { nextSecond } from '../support/next-second.ts';
import { poll } from '../support/poll.ts';
import { createBucket, get, put, s3Side } from '../support/s3.ts';
import { startStack, type Stack } from '../support/stack.ts';
import { workflowsOf, type Workflows } from '../support/workflows.ts';

/** Its time does not come while the tests run. */
const RARELY = '0 0 29 2 *';
const RUN_NOW = 'ddc.fybrik.io/run-now';

let stack: Stack;
let workflows: Workflows;
beforeAll(async () => {
  [stack, workflows] = await Promise.all([startStack('schedules'), workflowsOf(process.env)]);
});
afterAll(async () => {
  await stack.stop();
  await workflows.close();
});

async function source(): Promise<string> {
  const bucket = await createBucket('schedules');
  await put(bucket, 'in.csv', 'id,name\n1,a\n2,b\n');
  return bucket;
}

async function applied(name: string, bucket: string, key: string, more: object): Promise<void> {
  // what is not copied as it is has to be read
  const transformation = [{ action: 'FilterRows', options: { clause: 'id > 0' } }];
  const sides = { source: s3Side(bucket, 'in.csv'), destination: s3Side(bucket, key) };
  const spec = { ...sides, transformation, ...more };
  expect((await apply(batchTransfer(stack.namespace, name, spec))).stderr).toBe('');
}

const until = (name: string, is: (status: ResourceStatus) => boolean, what: string, deadlineMs = 60_000) =>
  poll(
    async () => {
      const resource = await getTransfer(stack.namespace, name);
      const status = resource?.status ?? {};
      return status.observedGeneration === resource?.metadata.generation ? status : {};
    },
    is,
    `${name}: ${what}`,
    deadlineMs,
  );

const ran = (name: string, runs: number, deadlineMs?: number) =>
  until(
    name,
    ({ history = [], active, runNow }) =>
      history.length === runs && active === undefined && runNow?.afterRuns === undefined,
    `${runs} runs`,
    deadlineMs,
  );

async function runNow(name: string, value: string): Promise<void> {
  const change = ['annotate', '--overwrite', 'bt', name, '-n', stack.namespace, `${RUN_NOW}=${value}`];
  expect((await kubectl(change)).code).toBe(0);
}

async function temporalSchedule(name: string) {
  const { metadata } = (await getTransfer(stack.namespace, name))!;
  const id = scheduleId({ kind: 'BatchTransfer', apiVersion: 'fybrik.io/v1', ...metadata });
  return workflows.client.schedule.getHandle(id);
}

test('a schedule: runs when it is due or asked for, changes in place, survives the operator, goes with its data', async () => {
  const bucket = await source();
  await applied('yearly', bucket, 'out.csv', { schedule: RARELY, timeZone: 'Europe/Berlin' });
  const waiting = await until('yearly', (status) => status.nextScheduleTime !== undefined, 'a time');
  expect(waiting).toMatchObject({
    status: 'Pending',
    nextScheduleTime: expect.stringMatching(/-02-28T23:00:0[01]\.\d+Z$/),
  });
  const progressing = waiting.conditions?.find(({ type }) => type === 'Progressing');
  expect(progressing).toMatchObject({ status: 'False', reason: 'Scheduled' });
  expect(progressing!.message).toContain(waiting.nextScheduleTime);
  await expectOnly(bucket, ['in.csv']);

  await runNow('yearly', 'first');
  const first = await ran('yearly', 1);
  expect(first).toMatchObject({
    ...{ status: 'Succeeded', numRecords: 2, runNow: { value: 'first' } },
    nextScheduleTime: waiting.nextScheduleTime,
    history: [{ result: 'Succeeded', rows: 2, workflowId: first.lastCompleted }],
  });
  const [record] = first.history!;
  const described = await workflows.client.workflow.getHandle(record!.workflowId).describe();
  expect(record).toMatchObject({ runId: described.runId, start: described.startTime.toISOString() });
  expect(record!.end).toBe(first.lastSuccessTime);
  const lag = Date.parse(first.lastScheduleTime!) - described.startTime.getTime();
  expect(Math.abs(lag)).toBeLessThan(2_000);

  // runs that the operator sees nothing of, one of them with another result
  await stack.operator.kill();
  const schedule = await temporalSchedule('yearly');
  for (const taken of [2, 3]) {
    if (taken === 3) await put(bucket, 'in.csv', 'id,name\n1\n');
    await nextSecond();
    await schedule.trigger('SKIP');
    await poll(
      () => schedule.describe(),
      ({ info }) => info.numActionsTaken === taken && info.runningActions.length === 0,
      `run ${taken} to end`,
    );
  }
  stack.operator = await stack.start('operator');
  const unseen = await ran('yearly', 3);
  expect(unseen).toMatchObject({ status: 'Fatal', lastFailed: unseen.history![0]!.workflowId });
  expect(unseen.history!.map(({ result }) => result)).toEqual(['Failed', 'Succeeded', 'Succeeded']);
  expect(unseen.history![0]!.error).toBe(unseen.error);
  expect(String(await get(bucket, 'out.csv'))).toBe('id,name\n1,a\n2,b\n');

  // another destination: the next run removes what the last one wrote, which only Temporal tells it
  await put(bucket, 'in.csv', 'id,name\n3,c\n');
  await applied('yearly', bucket, 'moved.csv', {
    ...{ schedule: '@yearly', suspend: true, failedJobHistoryLimit: 0, successfulJobsHistoryLimit: 2 },
  });
  const suspended = await until('yearly', ({ status }) => status === 'Pending', 'the new spec');
  expect(suspended).not.toHaveProperty('nextScheduleTime');
  expect(suspended.history).toHaveLength(2);
  const { info } = await poll(
    () => schedule.describe(),
    ({ state }) => state.paused,
    'the schedule to pause',
  );
  expect(info.numActionsTaken).toBe(3);
  await runNow('yearly', 'second');
  const moved = await until('yearly', ({ status }) => status === 'Succeeded', 'the second run');
  expect(moved).toMatchObject({ numRecords: 1, objects: [{ key: 'moved.csv' }] });
  expect(moved.history).toHaveLength(2);
  await expectOnly(bucket, ['in.csv', 'moved.csv']);

  await kubectl(['delete', 'bt', 'yearly', '-n', stack.namespace, '--wait=false']);
  await untilGone(stack.namespace, 'yearly');
  await expectOnly(bucket, ['in.csv']);
  await expect(schedule.describe()).rejects.toThrow(/not found|no such|NotFound/i);
  const reasons = (await eventsOf(stack.namespace, 'yearly')).map(({ reason }) => reason);
  expect(reasons.filter((reason) => reason === 'Success')).toHaveLength(3);
});

test('every minute: it starts by itself, and once the schedule is gone the resource runs once', async () => {
  const bucket = await source();
  await applied('often', bucket, 'out.csv', { schedule: '* * * * *' });
  const done = await until('often', ({ status }) => status === 'Succeeded', 'a run', 75_000);
  const due = Date.parse(done.lastScheduleTime!);
  expect(due % 60_000).toBeLessThan(10_000);
  expect(Date.parse(done.history![0]!.start!) % 60_000).toBeLessThan(10_000);
  expect(Date.parse(done.nextScheduleTime!) % 60_000).toBe(0);
  const schedule = await temporalSchedule('often');
  await applied('often', bucket, 'out.csv', { schedule: null });
  const once = await until(
    'often',
    ({ status, lastCompleted }) => {
      return status === 'Succeeded' && (lastCompleted ?? '').endsWith('/2');
    },
    'the run of the spec without schedule',
  );
  expect(once).not.toHaveProperty('schedule');
  expect(once).not.toHaveProperty('nextScheduleTime');
  await expect(schedule.describe()).rejects.toThrow();
});

test('without a schedule: suspended it does not start; run-now runs it again, once for a value', async () => {
  const bucket = await source();
  await applied('single', bucket, 'out.csv', { suspend: true });
  const held = await until(
    'single',
    ({ conditions }) => {
      return conditions?.some(({ reason }) => reason === 'Suspended') ?? false;
    },
    'the condition',
  );
  expect(held.status).toBe('Pending');
  await applied('single', bucket, 'out.csv', {});
  await ran('single', 1);
  await expectOnly(bucket, ['in.csv', 'out.csv']);
  await put(bucket, 'in.csv', 'id,name\n7,x\n');
  await runNow('single', 'again');
  const again = await ran('single', 2);
  expect(again).toMatchObject({ status: 'Succeeded', numRecords: 1, runNow: { value: 'again' } });
  await stack.operator.kill();
  stack.operator = await stack.start('operator');
  await runNow('single', 'and-again');
  const last = await ran('single', 3);
  expect(new Set(last.history!.map(({ workflowId }) => workflowId)).size).toBe(3);
  await expectOnly(bucket, ['in.csv', 'out.csv']);
});
