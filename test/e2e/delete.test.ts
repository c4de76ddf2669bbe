import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { csvOf } from '../support/csv.ts';
import { apply, batchTransfer, eventsOf, getTransfer, kubectl, untilGone } from '../support/kubernetes.ts';
import { expectOnly, outcome } from '../support/outcome.ts';
import { poll } from '../support/poll.ts';
import { createBucket, get, keys, put, s3Side, uploads } from '../support/s3.ts';
import { startStack, type Stack } from '../support/stack.ts';

const CSV = 'id,name\n1,a\n2,b\n';

let stack: Stack;
let from: string;

beforeAll(async () => {
  stack = await startStack('delete', { DDC_CHUNK_BYTES: '32Ki' });
  from = await createBucket('delete-from');
  await put(from, 'in.csv', CSV);
  await put(
    from,
    'large.csv',
    csvOf('id,text', 100_000, (index) => `${index},some text`),
  );
});
afterAll(() => stack.stop());

/** Asks for deletion and does not wait for it. */
async function remove(name: string): Promise<void> {
  const { stderr } = await kubectl(['delete', 'bt', name, '-n', stack.namespace, '--wait=false']);
  expect(stderr).toBe('');
}

const copyTo = (bucket: string, key: string, source = 'in.csv'): object => ({
  source: s3Side(from, source),
  destination: s3Side(bucket, key),
});

async function succeed(name: string, spec: object): Promise<void> {
  expect((await outcome(stack.namespace, name, spec)).status).toBe('Succeeded');
}

describe('deleting a transfer', () => {
  test('removes what it wrote, and nothing beside it', async () => {
    const to = await createBucket('delete-to');
    await put(to, 'data/small2.csv', 'a neighbour');
    await put(to, 'data/small-old/inner', 'another');
    await succeed('small', copyTo(to, 'data/small'));
    await expectOnly(to, ['data/small', 'data/small-old/inner', 'data/small2.csv']);
    await remove('small');
    await untilGone(stack.namespace, 'small');
    await expectOnly(to, ['data/small-old/inner', 'data/small2.csv']);
    expect((await keys(from)).length).toBe(2);
  });

  test('leaves alone what somebody else has put in its place, and says so', async () => {
    const to = await createBucket('delete-to');
    await succeed('replaced', copyTo(to, 'out.csv'));
    await put(to, 'out.csv', 'of a stranger');
    await remove('replaced');
    await untilGone(stack.namespace, 'replaced');
    expect((await get(to, 'out.csv')).toString()).toBe('of a stranger');
    const messages = (await eventsOf(stack.namespace, 'replaced')).map((event) => event.message);
    expect(messages).toContain(`Left alone: s3://${to}/out.csv: not written by this transfer`);
  });

  test('keeps what it wrote with noFinalizer', async () => {
    const to = await createBucket('delete-to');
    await succeed('kept', { ...copyTo(to, 'out.csv'), noFinalizer: true });
    expect((await getTransfer(stack.namespace, 'kept'))!.metadata.finalizers ?? []).toEqual([]);
    await remove('kept');
    await untilGone(stack.namespace, 'kept');
    await expectOnly(to, ['out.csv']);
    expect((await get(to, 'out.csv')).toString()).toBe(CSV);
  });

  test('keeps it also when noFinalizer is set later', async () => {
    const to = await createBucket('delete-to');
    await succeed('kept-later', copyTo(to, 'out.csv'));
    await succeed('kept-later', { ...copyTo(to, 'out.csv'), noFinalizer: true });
    await remove('kept-later');
    await untilGone(stack.namespace, 'kept-later');
    await expectOnly(to, ['out.csv']);
  });

  test('while it copies: the run is cancelled and leaves nothing', async () => {
    const to = await createBucket('delete-to');
    await apply(batchTransfer(stack.namespace, 'running', copyTo(to, 'out.parquet', 'large.csv')));
    await poll(
      () => keys(to),
      (all) => all.filter((key) => key.includes('/chunks/')).length >= 2,
      'chunks',
    );
    expect(await uploads(to)).toEqual(['out.parquet']);
    expect(await keys(to)).not.toContain('out.parquet');
    await remove('running');
    await untilGone(stack.namespace, 'running');
    await expectOnly(to, []);
  });
});

describe('deleting what never worked goes through at once', () => {
  test.each([
    ['a spec that is wrong', 'ConfigurationError', (to: string) => ({ ...copyTo(to, 'o'), schedule: 'x' })],
    ['what is not supported', 'Fatal', (to: string) => ({ ...copyTo(to, 'o'), writeOperation: 'Update' })],
    ['a source that is not there', 'Fatal', (to: string) => copyTo(to, 'o', 'none.csv')],
    ['a destination that is not there', 'Fatal', () => copyTo('no-such-bucket', 'o')],
    [
      'a destination that is not open to it',
      'Fatal',
      (to: string) => ({ ...copyTo(to, 'o'), destination: s3Side(to, 'o', { secretKey: 'wrong' }) }),
    ],
    [
      'a destination that does not answer',
      'Failed',
      (to: string) => ({
        ...copyTo(to, 'o'),
        destination: s3Side(to, 'o', { endpoint: 'http://127.0.0.1:1' }),
      }),
    ],
  ])('%s', async (what, state, spec) => {
    const name = what.replaceAll(' ', '-');
    const to = await createBucket('delete-to');
    const status = await outcome(stack.namespace, name, spec(to), [
      'Failed',
      'Fatal',
      'ConfigurationError',
      'Succeeded',
    ]);
    expect(status.status).toBe(state);
    await remove(name);
    await untilGone(stack.namespace, name, 10_000);
    await expectOnly(to, []);
    const reasons = (await eventsOf(stack.namespace, name)).map(({ reason }) => reason);
    expect(reasons).not.toContain('DeleteFailed');
  });
});
