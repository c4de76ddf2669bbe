import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import pino from 'pino';
import { parseTransfer } from '../../operator/api/index.ts';
import { openTemporal } from '../../operator/apply/temporal.ts';
import { TemporalUnavailable } from '../../operator/apply/temporal-port.ts';
import type { TemporalPort } from '../../operator/apply/temporal-port.ts';
import type { BatchTransferInput, DeleteTransferInput } from '../../workflows/contract.ts';
import { FakeCluster, specTo } from '../support/operator-cluster.ts';
import { poll } from '../support/poll.ts';

const address = process.env['DDC_TEMPORAL_ADDRESS']!;
const taskQueue = `operator-${randomUUID()}`;
const log = pino({ level: 'silent' });

let temporal: TemporalPort;
let connection: Connection;
let client: Client;

beforeAll(async () => {
  temporal = openTemporal({ address, namespace: 'default', taskQueue, log });
  connection = await Connection.connect({ address });
  client = new Client({ connection });
});
afterAll(async () => {
  await temporal.close();
  await connection.close();
});

function inputs(): BatchTransferInput & DeleteTransferInput {
  const cluster = new FakeCluster();
  cluster.create(specTo('out/payments.parquet'));
  const parsed = parseTransfer(cluster.resource, {});
  if (!parsed.ok) throw new Error('invalid');
  return { transfer: parsed.transfer, previous: [], objects: [] };
}

const newId = (): string => `BatchTransfer/ns/copy/${randomUUID()}/1`;

test('a run starts once, however often it is asked for, and can be found and read in the Web UI', async () => {
  const id = newId();
  expect(await temporal.describe(id)).toEqual({ state: 'absent' });
  await temporal.startRun(id, inputs());
  await temporal.startRun(id, inputs());
  const described = await client.workflow.getHandle(id).describe();
  expect(described.type).toBe('batchTransfer');
  expect(await described.staticSummary()).toBe('in.csv -> payments.parquet');
  expect(await described.staticDetails()).toContain('s3://bucket/out/payments.parquet');
  expect(described.searchAttributes).toMatchObject({ DdcTransfer: ['ns/copy'], DdcState: ['Running'] });
  await client.workflow.getHandle(id).terminate('test');
  await temporal.startRun(id, inputs());
  expect(await temporal.describe(id)).toMatchObject({ state: 'terminated', message: 'test' });
});

test('a run that no worker takes: known as waiting, without holding up the caller, and ended by a cancel', async () => {
  const id = newId();
  await temporal.startRun(id, inputs());
  const report = await temporal.describe(id);
  expect(report).toMatchObject({ state: 'running', cancelRequested: false, taskQueue });
  expect(report).toHaveProperty('unstartedSince');
  await temporal.cancel(id);
  await temporal.cancel(id);
  expect(await temporal.describe(id)).toMatchObject({ state: 'terminated', untaken: true });
});

test('a run that a worker has taken is only asked to end', async () => {
  const id = newId();
  const own = { name: `operator-${randomUUID()}` };
  const port = openTemporal({ address, namespace: 'default', taskQueue: own.name, log });
  await port.startRun(id, inputs());
  await port.close();
  const request = { namespace: 'default', taskQueue: own };
  const poll = () => connection.workflowService.pollWorkflowTaskQueue(request);
  const { workflowExecution } = await connection.withDeadline(Date.now() + 60_000, poll);
  expect(workflowExecution).toMatchObject({ workflowId: id });
  await temporal.cancel(id);
  expect(await temporal.describe(id)).toMatchObject({ state: 'running', cancelRequested: true });
  await client.workflow.getHandle(id).terminate();
  expect(await temporal.describe(id)).not.toHaveProperty('untaken');
});

test('what a transfer starts, its schedule too, is on the task queue of its region', async () => {
  const regional = openTemporal({ address, namespace: 'default', taskQueue, regions: ['theshire'], log });
  const { transfer, ...others } = inputs();
  const input = { ...others, transfer: { ...transfer, source: { ...transfer.source, region: 'theshire' } } };
  const id = newId();
  await regional.startRun(id, input);
  expect(await regional.describe(id)).toMatchObject({ taskQueue: `${taskQueue}.theshire` });
  await regional.cancel(id);
  const schedule = {
    cron: '@yearly',
    timeZone: 'UTC',
    overlapPolicy: 'Skip',
    catchupWindow: 60_000,
    jitter: 0,
  } as const;
  await regional.putSchedule(`${id}/schedule`, { schedule, paused: true, generation: 1, since: 1, input });
  const put = await regional.describeSchedule(`${id}/schedule`);
  expect(put).toMatchObject({ taskQueue: `${taskQueue}.theshire` });
  await regional.deleteSchedule(`${id}/schedule`);
  await regional.close();
});

test('the end of a run is noticed at once; waiting for it can be given up', async () => {
  const id = newId();
  await temporal.startRun(id, inputs());
  const given = new AbortController();
  const abandoned = temporal.ended(id, given.signal);
  given.abort();
  await expect(abandoned).rejects.toThrow();
  let ended = false;
  const end = temporal.ended(id, new AbortController().signal).then(() => (ended = true));
  expect(ended).toBe(false);
  await client.workflow.getHandle(id).terminate();
  await end;
  await temporal.ended(newId(), new AbortController().signal);
});

test('a removal that was terminated can be started again; what never was can be cancelled', async () => {
  const id = newId().replace(/1$/, 'delete');
  await temporal.cancel(id);
  await temporal.startDelete(id, inputs());
  await temporal.startDelete(id, inputs());
  await client.workflow.getHandle(id).terminate();
  await temporal.startDelete(id, inputs());
  await poll(
    () => temporal.describe(id),
    ({ state }) => state === 'running',
    'running anew',
    10_000,
  );
  await client.workflow.getHandle(id).terminate();
});

test('an absent server and an absent namespace are outages, not failures', async () => {
  const nobody = openTemporal({ address: '127.0.0.1:1', namespace: 'default', taskQueue, log });
  await expect(nobody.describe('x')).rejects.toBeInstanceOf(TemporalUnavailable);
  await expect(nobody.startRun('x', inputs())).rejects.toBeInstanceOf(TemporalUnavailable);
  expect(await nobody.ping()).toBe(false);
  await nobody.close();
  const nowhere = openTemporal({ address, namespace: 'nowhere', taskQueue, log });
  await expect(nowhere.describe('x')).rejects.toThrow(/no namespace nowhere/);
  expect(await nowhere.ping()).toBe(false);
  await nowhere.close();
});
