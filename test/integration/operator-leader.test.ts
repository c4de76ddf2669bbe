import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from '@jest/globals';
import {
  apply,
  batchTransfer,
  createNamespace,
  eventsOf,
  getTransfer,
  kubectl,
} from '../support/kubernetes.ts';
import { specTo } from '../support/operator-cluster.ts';
import { poll } from '../support/poll.ts';

const program = fileURLToPath(new URL('../../operator/main.ts', import.meta.url));

/** An operator process and what it has logged. */
interface Operator {
  process: ChildProcess;
  log: string[];
  identity: string;
}

const started: Operator[] = [];
afterEach(() => {
  for (const { process } of started.splice(0)) process.kill('SIGKILL');
});

function start(namespace: string): Operator {
  const child = spawn(process.execPath, [program], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      DDC_WATCH_NAMESPACE: namespace,
      DDC_LEADER_ELECTION_NAMESPACE: namespace,
      DDC_TASK_QUEUE: namespace,
    },
  });
  const operator: Operator = { process: child, log: [], identity: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    for (const line of text.split('\n').filter((each) => each.startsWith('{'))) {
      const entry: { msg: string; identity?: string } = JSON.parse(line);
      operator.log.push(entry.msg);
      operator.identity ||= entry.identity ?? '';
    }
  });
  started.push(operator);
  return operator;
}

const said = (operator: Operator, message: string, times = 1) =>
  poll(
    () => operator.log,
    (log) => log.filter((line) => line.startsWith(message)).length >= times,
    `"${message}"`,
    60_000,
  );

async function holder(namespace: string): Promise<string> {
  const jsonpath = '-o=jsonpath={.spec.holderIdentity}';
  return (await kubectl(['get', 'lease', 'ddc-operator', '-n', namespace, jsonpath])).stdout;
}

async function runs(namespace: string, name: string): Promise<void> {
  const { stderr } = await apply(batchTransfer(namespace, name, specTo('out')));
  expect(stderr).toBe('');
  await poll(
    () => getTransfer(namespace, name),
    (resource) => resource?.status?.status === 'Running',
    `${name} running`,
    30_000,
  );
}

test('two operators: one leads; frozen, it is replaced; awake again, it does not act; a release is taken at once', async () => {
  const namespace = await createNamespace('leader');
  const first = start(namespace);
  await said(first, 'operator ready');
  const second = start(namespace);
  await said(second, 'standing for leader');
  await runs(namespace, 'one');
  expect(second.log).not.toContain('leading');

  first.process.kill('SIGSTOP');
  await said(second, 'operator ready');
  expect(await holder(namespace)).toBe(second.identity);
  await runs(namespace, 'two');

  first.process.kill('SIGCONT');
  await said(first, 'lost the leadership');
  await runs(namespace, 'three');
  expect(await holder(namespace)).toBe(second.identity);

  second.process.kill('SIGTERM');
  await said(second, 'stopped');
  await said(first, 'operator ready', 2);
  expect(await holder(namespace)).toBe(first.identity);
  await runs(namespace, 'four');
  for (const name of ['one', 'two', 'three', 'four']) {
    const reasons = (await eventsOf(namespace, name)).map(({ reason }) => reason);
    expect(reasons).toEqual(['Started']);
  }
  expect(second.process.exitCode).toBe(0);
});
