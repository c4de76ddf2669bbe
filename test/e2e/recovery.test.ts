import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { countdown, holdAt, isRecord } from '../support/crash.ts';
import { createBucket, s3Side } from '../support/s3.ts';
import { ddc } from '../support/ddc.ts';
import { eventsOf, getTransfer, kubectl, untilStatus } from '../support/kubernetes.ts';
import { ONCE, paymentCopies, type PaymentCopies } from '../support/payment-copies.ts';
import { poll } from '../support/poll.ts';
import { startStack, type Stack } from '../support/stack.ts';

const ROWS = 4_000;

let stack: Stack;
let copies: PaymentCopies;

beforeAll(async () => {
  stack = await startStack('recovery', { DDC_CHUNK_BYTES: '64Ki' });
  copies = await paymentCopies(stack, process.env);
});
afterAll(async () => {
  await stack.stop();
  await copies.close();
});

const inNamespace = (...args: string[]) => ddc([...args, '-n', stack.namespace]);
const statusOf = async (name: string) => (await getTransfer(stack.namespace, name))?.status ?? {};
const annotate = (name: string, annotation: string) =>
  kubectl(['annotate', '--overwrite', 'bt', name, '-n', stack.namespace, annotation]);

/** As a person with the temporal CLI. */
async function temporal(...args: string[]): Promise<string> {
  const address = ['--address', process.env['DDC_TEMPORAL_ADDRESS']!];
  const { stdout } = await promisify(execFile)(process.env['DDC_TEMPORAL_CLI']!, [...args, ...address]);
  return stdout;
}

function untilReason(name: string, reason: string) {
  return poll(
    () => statusOf(name),
    ({ conditions = [] }) =>
      conditions.some((condition) => condition.type === 'Progressing' && condition.reason === reason),
    `${name} to be ${reason}`,
  );
}

/** Starts a run of several chunks, and does something while it waits for the store with the third of them. */
async function amid(name: string, what: () => Promise<unknown>): Promise<void> {
  const point = holdAt(copies.proxy, 'before', countdown(3, isRecord));
  await copies.start([name], ROWS);
  await point.reached;
  await untilStatus(stack.namespace, name, ['Running']);
  try {
    await what();
  } finally {
    point.release();
  }
}

/** Chunks whose records the store has taken, in order. */
const recorded = (requests: string[]): number[] =>
  requests
    .map((line) => /^PUT .*\/chunks\/(\d+)\.json/.exec(line)?.[1])
    .flatMap((chunk) => (chunk === undefined ? [] : [Number(chunk)]));

test('a run that was denied goes on from the chunks already done when the resource is touched', async () => {
  const isDenied = countdown(4, isRecord);
  const earlier = copies.proxy.done.length;
  copies.proxy.fault = (request) => (isDenied(request) ? { kind: 'denied', done: false } : undefined);
  await copies.start(['denied'], ROWS);
  const parked = await untilStatus(stack.namespace, 'denied', ['Fatal']);
  expect(parked).toMatchObject({
    active: expect.stringContaining('/denied/'),
    hint: expect.stringContaining('Check the credentials'),
    parked: { until: expect.any(String) },
  });
  const done = await copies.recordedChunks();
  expect(done).toHaveLength(3);
  const text = (await inNamespace('describe', 'denied')).stdout;
  expect(text).toMatch(/^PARKED +since .*; what is done is kept for (23|24)h /m);
  expect(text).toMatch(/^HINT +Check the credentials/m);

  copies.proxy.fault = () => undefined;
  await annotate('denied', 'repaired=yes');
  const { progress } = await untilStatus(stack.namespace, 'denied', ['Succeeded']);
  const all = recorded(copies.proxy.done.slice(earlier));
  expect(new Set(all.slice(0, 3))).toEqual(new Set(done));
  expect(all).toHaveLength(progress!.chunksTotal);
  expect(new Set(all).size).toBe(all.length);
  expect(await copies.history('denied')).toEqual(ONCE);
  const reasons = (await eventsOf(stack.namespace, 'denied')).map(({ reason }) => reason);
  expect(reasons).toHaveLength(4);
  expect(new Set(reasons)).toEqual(new Set(['Fatal', 'Resumed', 'Started', 'Success']));
  expect(await copies.leftovers()).toEqual([]);

  await copies.start(['undisturbed'], ROWS);
  await copies.end('undisturbed');
  expect(await copies.result('denied')).toBe(await copies.result('undisturbed'));
});

test('a run whose store does not answer is Failed, and goes on by itself from the chunks already done', async () => {
  const isAway = countdown(4, isRecord);
  const earlier = copies.proxy.done.length;
  copies.proxy.before = (request) => {
    if (isAway(request)) throw new Error('the connection is cut');
  };
  await copies.start(['away'], ROWS);
  const failed = await untilStatus(stack.namespace, 'away', ['Failed', 'Fatal']);
  expect(failed).toMatchObject({
    status: 'Failed',
    error: expect.stringContaining('s3://'),
    retry: { attempt: 1, maxAttempts: 3, nextRetryTime: expect.any(String) },
  });
  const done = await copies.recordedChunks();
  expect(done).toHaveLength(3);
  copies.proxy.before = () => undefined;
  const { progress } = await untilStatus(stack.namespace, 'away', ['Succeeded']);
  const all = recorded(copies.proxy.done.slice(earlier));
  expect(new Set(all.slice(0, 3))).toEqual(new Set(done));
  expect(new Set(all).size).toBe(progress!.chunksTotal);
  expect(all).toHaveLength(progress!.chunksTotal);
});

test('a bucket that was missing is created: the update `retry` has the run go on', async () => {
  await copies.start(['bucket'], 100, { destination: s3Side(`later-${stack.namespace}`, 'out.parquet') });
  const { active, hint } = await untilStatus(stack.namespace, 'bucket', ['Fatal']);
  expect(hint).toContain('Create the bucket');
  await createBucket('later', stack.namespace);
  await temporal('workflow', 'update', 'execute', '--name', 'retry', '--workflow-id', active!);
  expect(await untilStatus(stack.namespace, 'bucket', ['Succeeded'])).toMatchObject({ numRecords: 100 });
});

test('pause and resume with the temporal CLI: by update and by signal', async () => {
  const earlier = copies.proxy.done.length;
  await amid('paused', async () => {
    const { active } = await statusOf('paused');
    const update = ['workflow', 'update', 'execute', '--name', 'pause', '--workflow-id', active!];
    expect(await temporal(...update, '--input', '"the network is needed"')).toContain('paused');
    const { conditions } = await untilReason('paused', 'Paused');
    expect(conditions!.find(({ type }) => type === 'Progressing')?.message).toContain(
      'the network is needed',
    );
  });
  await untilReason('paused', 'Paused');
  const before = recorded(copies.proxy.done.slice(earlier));
  const { active } = await statusOf('paused');
  await temporal('workflow', 'signal', '--name', 'resume', '--workflow-id', active!);
  expect(await copies.end('paused')).toMatchObject({ status: 'Succeeded', numRecords: ROWS });
  const after = recorded(copies.proxy.done.slice(earlier)).slice(before.length);
  expect(before.length).toBeGreaterThanOrEqual(2);
  expect(after.filter((chunk) => before.includes(chunk))).toEqual([]);
  expect(await copies.history('paused')).toEqual(ONCE);
});

test('limits and a pause of the spec reach the run that goes on', async () => {
  await amid('revised', async () => {
    const { active } = await statusOf('revised');
    const limits = JSON.stringify({ spec: { limits: { requestsPerSecond: 1_000 }, maxFailedRetries: 5 } });
    await kubectl(['patch', 'bt', 'revised', '-n', stack.namespace, '--type=merge', '-p', limits]);
    const revised = await untilStatus(stack.namespace, 'revised', ['Running']);
    expect(revised).toMatchObject({ active, revised: { workflowId: active, generation: 2 } });
    expect(await inNamespace('pause', 'revised')).toMatchObject({ code: 0 });
    expect(await untilReason('revised', 'Paused')).toMatchObject({ active, status: 'Running' });
  });
  expect(await inNamespace('resume', 'revised')).toMatchObject({ code: 0 });
  expect(await copies.end('revised')).toMatchObject({ status: 'Succeeded', observedGeneration: 4 });
  expect(await copies.history('revised')).toEqual(ONCE);

  expect(await inNamespace('run-now', 'revised')).toMatchObject({ code: 0 });
  const { history } = await poll(
    () => statusOf('revised'),
    (status) => status.history?.length === 2,
    'another run',
  );
  expect(history!.map(({ result }) => result)).toEqual(['Succeeded', 'Succeeded']);
});

test('the annotation cancels: what has been written is removed', async () => {
  await amid('cancelled', async () => {
    await annotate('cancelled', 'ddc.fybrik.io/cancel=1');
    // what hangs in the store does not hold it up
    await untilStatus(stack.namespace, 'cancelled', ['Running', 'Fatal']);
  });
  const { error, parked } = await copies.end('cancelled');
  expect(error).toContain('the run was cancelled');
  expect(parked).toBeUndefined();
  expect(await copies.leftovers()).toEqual([]);
});
