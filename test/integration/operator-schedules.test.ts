import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import pino from 'pino';
import { parseTransfer } from '../../operator/api/index.ts';
import { openTemporalData, TemporalData } from '../../codec/temporal-data.ts';
import { openTemporal } from '../../operator/apply/temporal.ts';
import type { TemporalPort } from '../../operator/apply/temporal-port.ts';
import type { PresentSchedule, ScheduleInput } from '../../operator/reconcile/actions.ts';
import { FakeCluster, specTo } from '../support/operator-cluster.ts';
import { FakeTemporal } from '../support/operator-temporal.ts';
import { nextSecond } from '../support/next-second.ts';
import { poll } from '../support/poll.ts';

/** What both Temporals are held to: the real one and the one that the operator's decisions are tried with. */
interface Held {
  port: TemporalPort;
  /** Ends a run that goes on. */
  end(workflowId: string): Promise<void>;
  close(): Promise<void>;
}

const address = process.env['DDC_TEMPORAL_ADDRESS']!;

async function real(): Promise<Held> {
  // nobody polls the queue: runs go on until they are ended
  const options = { address, namespace: 'default', log: pino({ level: 'silent' }) };
  const port = openTemporal({ data: new TemporalData(), ...options, taskQueue: 'ddc' });
  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  return {
    port,
    end: async (workflowId) => void (await client.workflow.getHandle(workflowId).terminate('test')),
    close: async () => {
      await port.close();
      await connection.close();
    },
  };
}

async function fake(): Promise<Held> {
  const port = new FakeTemporal();
  return {
    port,
    end: async (workflowId) => port.finish(workflowId, 'terminated'),
    close: () => port.close(),
  };
}

function inputOf(uid: string, more: Partial<ScheduleInput> = {}): ScheduleInput {
  const cluster = new FakeCluster();
  // none of its times comes while the test runs
  cluster.create(specTo('out', { schedule: '0 0 29 2 *', timeZone: 'Europe/Berlin', jitter: '0s' }));
  const parsed = parseTransfer(cluster.resource, {});
  if (!parsed.ok || !parsed.policy.schedule) throw new Error('invalid');
  const transfer = { ...parsed.transfer, uid };
  const { schedule } = parsed.policy;
  const input = { transfer, previous: [] };
  return { schedule, paused: false, generation: 1, since: 1, input, ...more };
}

describe.each([
  ['Temporal', real],
  ['the fake', fake],
])('schedules of %s', (_, open) => {
  let held: Held;
  beforeAll(async () => {
    held = await open();
  });
  afterAll(() => held.close());

  const newId = (): { id: string; uid: string } => {
    const uid = randomUUID();
    return { uid, id: `BatchTransfer/ns/copy/${uid}/schedule` };
  };

  async function described(id: string): Promise<PresentSchedule> {
    const report = await held.port.describeSchedule(id);
    if (report.state !== 'present') throw new Error('absent');
    return report;
  }

  const untilRuns = (id: string, runs: number) =>
    poll(
      () => described(id),
      ({ runsStarted }) => runsStarted === runs,
      `${runs} runs`,
      10_000,
    );

  test('what is not there is absent, and can be paused, triggered and deleted', async () => {
    const { id } = newId();
    expect(await held.port.describeSchedule(id)).toEqual({ state: 'absent' });
    await held.port.pauseSchedule(id);
    await held.port.triggerSchedule(id, 'request');
    await held.port.deleteSchedule(id);
    expect(await held.port.describeSchedule(id)).toEqual({ state: 'absent' });
  });

  test('a request starts one run with the input of the schedule, also while it is paused', async () => {
    const { id, uid } = newId();
    const input = inputOf(uid);
    await held.port.putSchedule(id, input);
    expect(await described(id)).toMatchObject({
      ...{ generation: 1, since: 1, paused: false, taskQueue: 'ddc', runsStarted: 0, recent: [] },
      input: input.input,
      nextTime: expect.stringMatching(/^20.*Z$/),
    });
    await held.port.pauseSchedule(id);
    await held.port.triggerSchedule(id, 'first');
    await held.port.triggerSchedule(id, 'first');
    const { recent, paused } = await untilRuns(id, 1);
    expect(paused).toBe(true);
    expect(recent).toHaveLength(1);
    const { workflowId } = recent[0]!;
    expect(workflowId).toMatch(new RegExp(`^BatchTransfer/ns/copy/${uid}/1-20[0-9T:-]+Z$`));
    expect(await held.port.describe(workflowId)).toMatchObject({ state: 'running' });
    expect(await held.port.transferOf(workflowId)).toEqual(input.input.transfer);
    // one at a time
    await held.port.triggerSchedule(id, 'second');
    expect((await described(id)).runsStarted).toBe(1);
    await held.end(workflowId);
    await nextSecond();
    // the same request is the same run, though it has ended
    await held.port.triggerSchedule(id, 'first');
    await held.port.triggerSchedule(id, 'third');
    const again = await untilRuns(id, 2);
    expect(again.recent.map((run) => run.workflowId)).toContain(workflowId);
    await held.end(again.recent.at(-1)!.workflowId);
    await held.port.deleteSchedule(id);
  });

  test('a change keeps what there has been, and runs of it outlive it', async () => {
    const { id, uid } = newId();
    await held.port.putSchedule(id, inputOf(uid, { paused: true }));
    await held.port.triggerSchedule(id, 'first');
    const { recent } = await untilRuns(id, 1);
    const { workflowId } = recent[0]!;
    const { input } = inputOf(uid);
    const changed = { transfer: { ...input.transfer, generation: 2, maxFailedRetries: 1 }, previous: [] };
    await held.port.putSchedule(id, inputOf(uid, { generation: 2, since: 2, input: changed }));
    expect(await described(id)).toMatchObject({
      ...{ generation: 2, since: 2, paused: false, runsStarted: 1, recent, input: changed },
    });
    await held.port.deleteSchedule(id);
    expect(await held.port.describeSchedule(id)).toEqual({ state: 'absent' });
    expect(await held.port.describe(workflowId)).toMatchObject({ state: 'running' });
    await held.end(workflowId);
    expect(await held.port.describe(workflowId)).toMatchObject({ state: 'terminated' });
  });
});

test('a schedule is encrypted, and known to be written with a key of before', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'ddc-schedule-keys-'));
  const log = pino({ level: 'silent' });
  const write = (name: string): Promise<void> =>
    writeFile(join(directory, name), randomBytes(32).toString('hex'));
  const portWith = async (codecKeyId?: string): Promise<TemporalPort> => {
    const settings = codecKeyId === undefined ? {} : { codecKeysDir: directory, codecKeyId };
    const data = await openTemporalData(settings, () => undefined);
    return openTemporal({ address, namespace: 'default', taskQueue: 'ddc', data, log });
  };
  await Promise.all(['k1', 'k2'].map(write));
  const ports = { none: await portWith(), k1: await portWith('k1'), k2: await portWith('k2') };
  const uid = randomUUID();
  const id = `BatchTransfer/ns/copy/${uid}/schedule`;
  const staleFor = async (port: TemporalPort): Promise<unknown> => {
    const report = await port.describeSchedule(id);
    return report.state === 'present' && [report.input.transfer.uid, report.stale];
  };
  try {
    await ports.none.putSchedule(id, inputOf(uid));
    expect([await staleFor(ports.none), await staleFor(ports.k1)]).toEqual([
      [uid, undefined],
      [uid, true],
    ]);
    await ports.k1.putSchedule(id, inputOf(uid));
    expect([await staleFor(ports.k1), await staleFor(ports.k2)]).toEqual([
      [uid, undefined],
      [uid, true],
    ]);
    await expect(staleFor(ports.none)).rejects.toThrow('is encrypted with the key "k1"');
    await ports.k2.putSchedule(id, inputOf(uid));
    expect(await staleFor(ports.k2)).toEqual([uid, undefined]);
  } finally {
    await ports.k1.deleteSchedule(id);
    await Promise.all(Object.values(ports).map((port) => port.close()));
    await rm(directory, { recursive: true });
  }
});
