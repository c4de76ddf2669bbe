import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runWorkflowId, type RunProgress } from '../../workflows/contract.ts';
import { clusterOf, type Cluster } from '../support/cluster.ts';
import { countdown, holdAt, isRecord, readLog, type HoldPoint } from '../support/crash.ts';
import { kindCopies } from '../support/kind-copies.ts';
import { kindReferences } from '../support/kind-references.ts';
import { startOwnServers, type OwnServers } from '../support/own-servers.ts';
import { ONCE, paymentCopies, type PaymentCopies } from '../support/payment-copies.ts';
import { poll } from '../support/poll.ts';
import { startStack, type Stack } from '../support/stack.ts';
import { randomNumbers } from '../support/store-faults.ts';
import { workflowsOf, type Workflows } from '../support/workflows.ts';

const ROWS = 40_000;
/** Another one makes the moments of the random kills others. */
const SEED = Number(process.env['DDC_FAULT_SEED'] ?? 1);
const MANY_COPIES_MS = 300_000;

let servers: OwnServers;
let cluster: Cluster;
let workflows: Workflows;
let stack: Stack;
let copies: PaymentCopies;
/** Of an undisturbed run of the same source. */
let reference: string;
let chunks: number;

beforeAll(async () => {
  servers = await startOwnServers(process.env['DDC_TEST_DIR']!, 'restarted');
  const { environment } = servers;
  cluster = clusterOf(environment);
  workflows = await workflowsOf(environment);
  stack = await startStack('restarted', { DDC_CHUNK_BYTES: '100Ki' }, environment);
  copies = await paymentCopies(stack, environment);
  await copies.start(['reference'], ROWS);
  chunks = (await copies.end('reference')).progress!.chunksTotal;
  reference = await copies.result('reference');
});
afterAll(async () => {
  await stack?.stop();
  await Promise.all([copies?.close(), workflows?.close()]);
  await servers?.running.stop();
});

/** Starts a copy and holds it when about half of its chunks are done. */
async function startAndHold(name: string): Promise<HoldPoint> {
  const half = holdAt(copies.proxy, 'before', countdown(Math.floor(chunks / 2), isRecord));
  await copies.start([name], ROWS);
  await half.reached;
  return half;
}

async function expectOneGoodRun(name: string): Promise<void> {
  expect(await copies.end(name)).toMatchObject({ status: 'Succeeded', numRecords: ROWS });
  expect(await copies.result(name)).toBe(reference);
  expect(await copies.leftovers()).toEqual([]);
  expect(await copies.history(name)).toEqual(ONCE);
}

test('the Kubernetes API server is killed: the run waits for its secrets, then goes on', async () => {
  const half = await startAndHold('api');
  const { metadata } = (await cluster.getTransfer(stack.namespace, 'api'))!;
  const workflowId = runWorkflowId({ kind: 'BatchTransfer', apiVersion: 'fybrik.io/v1', ...metadata });
  await servers.running.kill('kube-apiserver');
  half.release();
  const { failure } = await poll(
    () => workflows.client.workflow.getHandle(workflowId).query<RunProgress>('progress'),
    (progress) => progress.state === 'Failed',
    'the run to be Failed',
  );
  expect(failure).toMatchObject({ code: 'SecretUnavailable', attempt: 1 });
  await servers.running.restart('kube-apiserver');
  await expectOneGoodRun('api');
});

test('Temporal is killed: copying goes on, and no chunk is copied twice', async () => {
  const half = await startAndHold('temporal');
  await servers.running.kill('temporal');
  half.release();
  await poll(
    () => copies.recordedChunks(),
    (recorded) => recorded.length === chunks,
    'all chunks to be copied',
  );
  await poll(
    async () => (await cluster.getTransfer(stack.namespace, 'temporal'))?.status?.conditions ?? [],
    (conditions) => conditions.some(({ reason }) => reason === 'TemporalUnavailable'),
    'the status to say that Temporal is away',
  );
  await servers.running.restart('temporal');
  await expectOneGoodRun('temporal');
  const copied = readLog(join(stack.dir, 'worker.log'))
    .filter((line) => line.msg === 'chunk copied' && line['transfer'] === `${stack.namespace}/temporal`)
    .map((line) => line['chunk'] as number);
  expect(copied.toSorted((a, b) => a - b)).toEqual(Array.from({ length: chunks }, (_, chunk) => chunk));
});

test('the store is killed: the transfer is Failed, says why and when it goes on, and recovers', async () => {
  const half = await startAndHold('store');
  await servers.running.kill('versitygw');
  half.release();
  const failed = await cluster.untilStatus(stack.namespace, 'store', ['Failed', 'Fatal']);
  expect(failed).toMatchObject({ status: 'Failed', retry: { attempt: 1 } });
  expect(failed.error).toContain(copies.proxy.endpoint);
  expect(Date.parse(failed.retry!.nextRetryTime!)).toBeGreaterThan(Date.parse(failed.startTime!));
  await servers.running.restart('versitygw');
  await expectOneGoodRun('store');
});

test(
  `Temporal and the store are killed at random moments of copies of every kind (seed ${SEED})`,
  async () => {
    const kinds = await kindCopies(stack, servers.environment);
    const references = await kindReferences(kinds);
    const random = randomNumbers(SEED);
    const started = new Map(kinds.kinds.map((kind) => [`${kind}-killed`, kind]));
    const all = kinds.kinds.reduce((sum, kind) => sum + references.requests(kind), 0);
    const killers = ['temporal', 'versitygw', 'temporal', 'versitygw'] as const;
    const share = Math.floor(all / killers.length / 2);
    const points = killers.map(() => 1 + Math.floor(random() * share));
    const begun = (async () => {
      for (const [name, kind] of started) await kinds.start(kind, name);
    })();
    // Awaited later: until then nobody would see it fail.
    begun.catch(() => undefined);
    for (const [index, server] of killers.entries()) {
      const point = holdAt(kinds.proxy, 'before', countdown(points[index]!));
      await point.reached;
      await servers.running.kill(server);
      point.release();
      await servers.running.restart(server);
    }
    await begun;
    for (const name of started.keys()) await kinds.end(name);
    await references.expectSame(started);
    expect(kinds.repeated()).toEqual([]);
    await kinds.close();
  },
  MANY_COPIES_MS,
);
