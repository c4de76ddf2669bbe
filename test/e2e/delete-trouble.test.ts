import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { CoreV1Event } from '@kubernetes/client-node';
import { apply, batchTransfer, eventsOf, getTransfer, kubectl, untilGone } from '../support/kubernetes.ts';
import { expectOnly, outcome } from '../support/outcome.ts';
import { poll } from '../support/poll.ts';
import { createBucket, endpoint, put, s3Side } from '../support/s3.ts';
import { startStack, type Stack } from '../support/stack.ts';
import { startStoreProxy } from '../support/store-proxy.ts';

let stack: Stack;
let from: string;

beforeAll(async () => {
  stack = await startStack('undeleted');
  from = await createBucket('undeleted-from');
  await put(from, 'in.csv', 'id,name\n1,a\n2,b\n');
});
afterAll(() => stack.stop());

const copyTo = (destination: object): object => ({ source: s3Side(from, 'in.csv'), destination });

async function succeed(name: string, spec: object): Promise<void> {
  expect((await outcome(stack.namespace, name, spec)).status).toBe('Succeeded');
}

async function edit(name: string, spec: object): Promise<void> {
  // kubectl warns that the resource is being deleted.
  expect((await apply(batchTransfer(stack.namespace, name, spec))).code).toBe(0);
}

/** Asks for deletion and waits for the event that says why it does not come about. */
async function removeInVain(name: string): Promise<CoreV1Event> {
  await kubectl(['delete', 'bt', name, '-n', stack.namespace, '--wait=false']);
  const failed = (events: CoreV1Event[]): CoreV1Event | undefined =>
    events.find(({ reason }) => reason === 'DeleteFailed');
  const events = await poll(
    () => eventsOf(stack.namespace, name),
    (all) => failed(all) !== undefined,
    'the event',
  );
  expect(failed(events)!.type).toBe('Warning');
  expect((await getTransfer(stack.namespace, name))!.metadata.finalizers).toHaveLength(1);
  return failed(events)!;
}

describe('a deletion that cannot be carried out says why, keeps trying, and ends when that is repaired', () => {
  test('the store does not answer', async () => {
    const to = await createBucket('undeleted-to');
    const proxy = await startStoreProxy(endpoint);
    await succeed('away', copyTo(s3Side(to, 'out.csv', { endpoint: proxy.endpoint })));
    proxy.before = () => Promise.reject(new Error('cut'));
    const event = await removeInVain('away');
    expect(event.message).toContain(`s3://${to}/out.csv: cannot reach ${proxy.endpoint}: connection reset`);
    await expectOnly(to, ['out.csv']);
    proxy.before = () => undefined;
    await untilGone(stack.namespace, 'away');
    await expectOnly(to, []);
    await proxy.close();
  });

  test('the credentials are wrong', async () => {
    const to = await createBucket('undeleted-to');
    const right = copyTo(s3Side(to, 'out.csv'));
    await succeed('denied', right);
    const wrong = copyTo(s3Side(to, 'out.csv', { secretKey: 'wrong' }));
    expect((await outcome(stack.namespace, 'denied', wrong)).status).toBe('Fatal');
    const event = await removeInVain('denied');
    expect(event.message).toContain(`s3://${to}/out.csv: access denied; check accessKey, secretKey`);
    await expectOnly(to, ['out.csv']);
    await edit('denied', right);
    await untilGone(stack.namespace, 'denied');
    await expectOnly(to, []);
  });

  test('the endpoint is wrong', async () => {
    const to = await createBucket('undeleted-to');
    const right = copyTo(s3Side(to, 'out.csv'));
    await succeed('elsewhere', right);
    const wrong = {
      ...copyTo(s3Side(to, 'out.csv', { endpoint: 'http://127.0.0.1:1' })),
      maxFailedRetries: 0,
    };
    expect((await outcome(stack.namespace, 'elsewhere', wrong)).status).toBe('Fatal');
    const event = await removeInVain('elsewhere');
    expect(event.message).toContain('cannot reach http://127.0.0.1:1: connection refused');
    await edit('elsewhere', right);
    await untilGone(stack.namespace, 'elsewhere');
    await expectOnly(to, []);
  });
});

describe('a transfer whose spec has become invalid', () => {
  test('is deleted with the data that it wrote while the spec was valid', async () => {
    const to = await createBucket('undeleted-to');
    const right = copyTo(s3Side(to, 'out.csv'));
    await succeed('spoilt', right);
    const wrong = { ...right, schedule: 'whenever' };
    expect((await outcome(stack.namespace, 'spoilt', wrong, ['ConfigurationError'])).status).toBe(
      'ConfigurationError',
    );
    await expectOnly(to, ['out.csv']);
    await kubectl(['delete', 'bt', 'spoilt', '-n', stack.namespace, '--wait=false']);
    await untilGone(stack.namespace, 'spoilt');
    await expectOnly(to, []);
  });
});
