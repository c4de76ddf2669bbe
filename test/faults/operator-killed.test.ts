import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ControllerProcess } from '../../deploy/local/controller.ts';
import { countdown, holdAt, isRecord, readLog } from '../support/crash.ts';
import { eventsOf } from '../support/kubernetes.ts';
import { ONCE, paymentCopies, type PaymentCopies } from '../support/payment-copies.ts';
import { poll } from '../support/poll.ts';
import { startStack, type Stack } from '../support/stack.ts';
import { workflowsOf, type Workflows } from '../support/workflows.ts';

let stack: Stack;
let copies: PaymentCopies;
let workflows: Workflows;
/** Operators beside the stack's own. */
const started: Promise<ControllerProcess>[] = [];

beforeAll(async () => {
  stack = await startStack('leaders', { DDC_CHUNK_BYTES: '100Ki' });
  copies = await paymentCopies(stack, process.env);
  workflows = await workflowsOf(process.env);
});
afterAll(async () => {
  await stack.stop();
  for (const other of await Promise.allSettled(started))
    if (other.status === 'fulfilled') await other.value.kill();
  await Promise.all([copies.close(), workflows.close()]);
});

async function expectOneGoodRun(name: string, rows: number): Promise<void> {
  expect(await copies.end(name)).toMatchObject({ status: 'Succeeded', numRecords: rows });
  expect(await copies.history(name)).toEqual(ONCE);
}

function logged(file: string, message: string): boolean {
  return existsSync(file) && readLog(file).some((line) => line.msg === message);
}

/** Another operator that waits for the leadership; `leading` resolves when it has it and is at work. */
async function standBy(name: string): Promise<{ leading: Promise<ControllerProcess> }> {
  const directory = join(stack.dir, name);
  const leading = stack.start('operator', directory);
  started.push(leading);
  // Awaited later: until then nobody would see it fail.
  leading.catch(() => undefined);
  const file = join(directory, 'operator.log');
  await poll(() => logged(file, 'standing for leader'), Boolean, `${name} to stand by`);
  return { leading };
}

/** Which operators have written events of a resource, by process id. */
async function writers(name: string): Promise<Set<number>> {
  const events = await eventsOf(stack.namespace, name);
  return new Set(events.map(({ reportingInstance }) => Number(reportingInstance!.split('_').at(-2))));
}

describe('kill -9 of the operator', () => {
  test('while it starts runs, and while it reports their end: each runs once and is told once', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `many-${index}`);
    await copies.start(names, 100);
    await poll(
      () => workflows.ofNamespace(stack.namespace),
      (runs) => runs.length >= 3,
      'three runs to start',
    );
    await stack.operator.kill();
    stack.operator = await stack.start('operator');
    await poll(
      () => Promise.all(names.map((name) => copies.history(name))),
      (all) => all.some(({ success }) => success > 0),
      'the first success to be told',
    );
    await stack.operator.kill();
    stack.operator = await stack.start('operator');
    for (const name of names) await expectOneGoodRun(name, 100);
  });

  test('while a run goes on, with another standing by: it takes over, and nothing runs twice', async () => {
    const half = holdAt(copies.proxy, 'before', countdown(5, isRecord));
    await copies.start(['taken-over'], 20_000);
    await half.reached;
    const { leading } = await standBy('second');
    const { pid } = stack.operator;
    await stack.operator.kill();
    stack.operator = await leading;
    half.release();
    await expectOneGoodRun('taken-over', 20_000);
    expect(await writers('taken-over')).toEqual(new Set([pid, stack.operator.pid]));
  });
});

test('a leader that was stopped for longer than its term finds itself replaced, and writes no more', async () => {
  const former = stack.operator;
  const { leading } = await standBy('third');
  process.kill(former.pid, 'SIGSTOP');
  const half = holdAt(copies.proxy, 'before', countdown(5, isRecord));
  await copies.start(['stopped'], 20_000);
  const successor = await leading;
  await half.reached;
  process.kill(former.pid, 'SIGCONT');
  await poll(
    () => logged(former.logFile, 'lost the leadership; stopped reconciling'),
    Boolean,
    'it to notice',
  );
  half.release();
  await expectOneGoodRun('stopped', 20_000);
  expect(await writers('stopped')).toEqual(new Set([successor.pid]));
});
