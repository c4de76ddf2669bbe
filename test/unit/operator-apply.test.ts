import { expect, test } from '@jest/globals';
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  defaultPayloadConverter,
} from '@temporalio/common';
import { msToTs } from '@temporalio/common/lib/time.js';
import { WorkflowFailedError } from '@temporalio/client';
import proto from '@temporalio/proto';
import pino from 'pino';
import { parseTransfer } from '../../operator/api/index.ts';
import { EventRecorder } from '../../operator/apply/events.ts';
import { TemporalData } from '../../codec/temporal-data.ts';
import { pendingWork, withHeartbeats } from '../../operator/apply/pending-work.ts';
import { PollBudget } from '../../operator/apply/poll-budget.ts';
import { details, searchAttributes, summary } from '../../operator/apply/run-texts.ts';
import { endedReport } from '../../operator/apply/temporal-errors.ts';
import { TemporalGate } from '../../operator/apply/temporal-gate.ts';
import { readConfig } from '../../operator/config.ts';
import { KubernetesError } from '../../operator/kubernetes.ts';
import { pollDelay } from '../../operator/reconcile/poll.ts';
import { Outage } from '../../operator/watch/outage.ts';
import { clientOf, FakeCluster, specTo } from '../support/operator-cluster.ts';
import { NOTHING } from '../support/operator-temporal.ts';
import { poll } from '../support/poll.ts';

const silent = pino({ level: 'silent' });
const { PENDING_ACTIVITY_STATE_SCHEDULED: SCHEDULED, PENDING_ACTIVITY_STATE_STARTED: STARTED } =
  proto.temporal.api.enums.v1.PendingActivityState;
const { PENDING_WORKFLOW_TASK_STATE_SCHEDULED } = proto.temporal.api.enums.v1.PendingWorkflowTaskState;
const at = (seconds: number) => msToTs(seconds * 1000);

function transferOf(spec: object) {
  const cluster = new FakeCluster();
  cluster.create(spec);
  const parsed = parseTransfer(cluster.resource, {});
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  return parsed.transfer;
}

const PLAIN = new TemporalData();

test('summary and details say what goes where, within Temporal’s limits, whatever the names', () => {
  const transformation = [{ name: 'hide', action: 'RedactColumns', columns: ['a', 'b`c'], options: {} }];
  const transfer = transferOf(specTo('out/payments.parquet', { transformation }));
  expect(summary(transfer)).toBe('in.csv -> payments.parquet');
  const text = details(transfer);
  expect(text).toContain('- from `s3://bucket/in.csv` at `http://localhost:9000`');
  expect(text).toContain("- hide (RedactColumns): `a`, `b'c`");
  const huge = {
    ...transfer,
    transformations: Array.from({ length: 2_000 }, () => transfer.transformations[0]!),
  };
  huge.source = { ...huge.source, objectKey: 'ü'.repeat(500) };
  expect(Buffer.byteLength(summary(huge))).toBeLessThanOrEqual(400);
  expect(Buffer.byteLength(details(huge))).toBeLessThanOrEqual(20_000);
  expect(summary(huge)).toMatch(/^ü+\.\.\.$/);
});

test('search attributes name the transfer and both sides', () => {
  const pairs = searchAttributes(transferOf(specTo('out')), false).map(({ key, value }) => [key.name, value]);
  expect(Object.fromEntries(pairs)).toEqual({
    DdcTransfer: 'ns/copy',
    DdcNamespace: 'ns',
    DdcState: 'Running',
    DdcSource: 's3://bucket/in.csv',
    DdcDestination: 's3://bucket/out',
  });
});

test('the innermost failure is what a run ended with, without a stack', () => {
  const cause = ApplicationFailure.create({ type: 'UnknownColumn', message: 'no column x' });
  const failed = new WorkflowFailedError('Workflow execution failed', cause, 'NON_RETRYABLE_FAILURE');
  expect(endedReport(failed, 't')).toEqual({ state: 'failed', message: 'no column x', closeTime: 't' });
  const outer = new ActivityFailure('Activity task failed', 'plan', '1', 'NON_RETRYABLE_FAILURE', 'w', cause);
  const wrapped = new WorkflowFailedError('Workflow execution failed', outer, 'NON_RETRYABLE_FAILURE');
  expect(endedReport(wrapped, 't').message).toBe('no column x');
  const cancelled = new WorkflowFailedError(
    'x',
    new CancelledFailure('Workflow canceled'),
    'NON_RETRYABLE_FAILURE',
  );
  expect(endedReport(cancelled, 't').state).toBe('cancelled');
});

test('heartbeats of running slices count towards the progress', async () => {
  const beat = { ...NOTHING, bitmap: '0110', rowsRead: 5, bytesWritten: 7 };
  const description = {
    pendingActivities: [
      {
        activityType: { name: 'copySlice' },
        heartbeatDetails: { payloads: [defaultPayloadConverter.toPayload(beat)] },
      },
      { activityType: { name: 'copySlice' } },
      {
        activityType: { name: 'plan' },
        heartbeatDetails: { payloads: [defaultPayloadConverter.toPayload('x')] },
      },
    ],
  };
  const progress = {
    state: 'Running' as const,
    phase: 'copy' as const,
    startedAt: '',
    chunksTotal: 8,
    chunksDone: 4,
    statistics: { ...NOTHING, rowsRead: 10 },
    warnings: [],
  };
  expect(await withHeartbeats(progress, description, PLAIN)).toMatchObject({
    chunksDone: 6,
    statistics: { rowsRead: 15, bytesWritten: 7 },
  });
});

test('a step that nobody has taken, and one that is tried again', async () => {
  const waiting = { state: SCHEDULED, attempt: 1, scheduledTime: at(100) };
  const since = '1970-01-01T00:01:40.000Z';
  expect(await pendingWork({ pendingActivities: [waiting] }, PLAIN)).toEqual({ unstartedSince: since });
  const running = { state: STARTED, attempt: 1, scheduledTime: at(50), lastStartedTime: at(51) };
  expect(await pendingWork({ pendingActivities: [waiting, running] }, PLAIN)).toEqual({});
  expect(
    await pendingWork(
      { pendingWorkflowTask: { state: PENDING_WORKFLOW_TASK_STATE_SCHEDULED, scheduledTime: at(100) } },
      PLAIN,
    ),
  ).toEqual({ unstartedSince: since });
  const retried = {
    state: SCHEDULED,
    attempt: 3,
    lastStartedTime: at(1),
    lastFailure: { message: 'worker gone' },
  };
  expect(await pendingWork({ pendingActivities: [retried] }, PLAIN)).toEqual({
    trouble: { attempt: 3, message: 'worker gone' },
  });
});

test('polls: soon at first, every 5 s later, and at most so many a second', () => {
  const now = new Date('2026-01-01T00:01:00Z');
  const startedAgo = (seconds: number) => new Date(now.getTime() - seconds * 1000).toISOString();
  expect([0, 4, 20, 600].map((age) => pollDelay(startedAgo(age), now))).toEqual([1000, 1000, 5000, 5000]);
  const budget = new PollBudget(2, () => 10_000);
  expect([300, 300, 300, 300, 300, 1_500].map((delay) => budget.reserve(delay))).toEqual([
    300, 300, 1000, 1000, 2000, 2000,
  ]);
});

test('events: complete, named by what they say, cut to the limit; a refusal is no failure, an outage is', async () => {
  const cluster = new FakeCluster();
  cluster.create(specTo('a'));
  const resource = await cluster.read();
  const event = {
    type: 'event' as const,
    eventType: 'Warning' as const,
    reason: 'Fatal',
    message: 'ä'.repeat(2_000),
    discriminator: '1',
  };
  const record = (recorder: EventRecorder, more: object = {}) =>
    recorder.record(resource, { ...event, ...more }, new Date(0));
  const first = new EventRecorder(clientOf(cluster), 'i', silent);
  await record(first);
  await record(first);
  await record(new EventRecorder(clientOf(cluster), 'another process', silent));
  expect(cluster.events).toHaveLength(1);
  expect(cluster.events[0]).toMatchObject({
    type: 'Warning',
    reason: 'Fatal',
    involvedObject: { kind: 'BatchTransfer', namespace: 'ns', name: 'copy', uid: 'uid-1' },
    metadata: { namespace: 'ns', name: expect.stringMatching(/^copy\.[0-9a-f]{16}$/) },
  });
  expect(Buffer.byteLength(cluster.events[0]!.message)).toBeLessThanOrEqual(1_024);
  const failing = (status: number) =>
    new EventRecorder({ create: () => Promise.reject(new KubernetesError(status, 'x')) }, 'i', silent);
  await expect(record(failing(403), { discriminator: '2' })).resolves.toBeUndefined();
  await expect(record(failing(503), { discriminator: '3' })).rejects.toThrow('x');
});

test('when Temporal answers again, everything that waited is looked at', async () => {
  const answers = [false, true];
  const recovered: string[] = [];
  const gate = new TemporalGate(
    { ping: async () => answers.shift() ?? true },
    new Outage(silent, 'Temporal'),
    (key) => recovered.push(key),
    new AbortController().signal,
  );
  gate.wait('a');
  gate.close(new Error('refused'));
  gate.wait('b');
  expect(gate.open).toBe(false);
  await poll(
    () => recovered,
    (keys) => keys.length === 2,
    'recovery',
    5_000,
  );
  expect(gate.open).toBe(true);
});

test('settings: flags before environment before defaults; bad values are named', () => {
  const config = readConfig(['node', 'operator', '--task-queue', 'q', '--temporal-address', 'h:1']);
  expect(config).toMatchObject({
    taskQueue: 'q',
    temporalAddress: 'h:1',
    leaderElectionNamespace: 'default',
  });
  // Unset, it must not override what resources say.
  expect(config.environment.NO_FINALIZER).toBeUndefined();
  expect(readConfig(['node', 'operator', '--keep-data']).environment.NO_FINALIZER).toBe('true');
  expect(() => readConfig(['node', 'operator', '--temporal-address', 'nowhere'], false)).toThrow(/host:port/);
});

test.each([
  [[], 86_400],
  [['--park-failed-runs', '90m'], 5_400],
  [['--park-failed-runs', '0'], undefined],
])('runs that are Fatal are parked: %j', (flags, seconds) => {
  expect(readConfig(['node', 'operator', ...flags]).parkFor).toBe(seconds);
});

test.each(['31d', '-1', 'a day'])('not for %j', (duration) => {
  const read = () => readConfig(['node', 'operator', `--park-failed-runs=${duration}`], false);
  expect(read).toThrow('Expected a duration from 0 to 30d');
});
