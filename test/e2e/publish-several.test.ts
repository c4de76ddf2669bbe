import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { csvOf } from '../support/csv.ts';
import { apply, batchTransfer, kubectl, untilGone, untilStatus } from '../support/kubernetes.ts';
import { createBucket, endpoint, get, headersOf, keys, put, s3Side } from '../support/s3.ts';
import { startStack, type Stack } from '../support/stack.ts';
import { startStoreProxy, type StoreProxy } from '../support/store-proxy.ts';
import { expectOnly } from '../support/outcome.ts';

const PARTS = 7;
const CSV = csvOf('id,part', 700, (index) => `${index},p${index % PARTS}`);

let stack: Stack;
let from: string;
let proxy: StoreProxy;

beforeAll(async () => {
  stack = await startStack('several');
  from = await createBucket('several-from');
  proxy = await startStoreProxy(endpoint);
  await put(from, 'in.csv', CSV);
  for (const name of ['a', 'b', 'c']) await put(from, `files/${name}`, `file ${name}`);
});
afterEach(() => {
  proxy.before = () => undefined;
  proxy.fault = () => undefined;
});
afterAll(async () => {
  await stack.stop();
  await proxy.close();
});

const partitioned = (to: string, more: object = {}): object => ({
  source: s3Side(from, 'in.csv'),
  destination: s3Side(to, 'out', { dataFormat: 'csv', partitionBy: ['part'], endpoint: proxy.endpoint }),
  ...more,
});
/** Copied by the store itself: the source is on the same endpoint. */
const files = (to: string): object => ({
  source: s3Side(from, 'files/', { dataFormat: 'binary', endpoint: proxy.endpoint }),
  destination: s3Side(to, 'out/', { dataFormat: 'binary', endpoint: proxy.endpoint }),
});

const start = async (name: string, spec: object): Promise<void> => {
  const { stderr } = await apply(batchTransfer(stack.namespace, name, spec));
  expect(stderr).toBe('');
};
const ended = (name: string) => untilStatus(stack.namespace, name, ['Succeeded', 'Fatal']);
/** Without the query. */
const keyIn = (bucket: string, path: string): string =>
  decodeURIComponent(path.split('?', 1)[0]!.slice(bucket.length + 2));
const below = async (to: string): Promise<string[]> =>
  (await keys(to)).filter((key) => key.startsWith('out/'));

describe('what is written meanwhile is seen before it is replaced', () => {
  test.each([
    ['put', 'out/part=p3/part-00000.csv', partitioned],
    ['copied by the store', 'out/b', files],
  ])('an object that is %s', async (what, key, spec) => {
    const to = await createBucket('several-to');
    const name = what.replaceAll(' ', '-');
    let looks = 0;
    let writes = 0;
    proxy.before = async ({ method, path }) => {
      if (keyIn(to, path) !== key) return;
      if (method === 'PUT') writes += 1;
      // after the look before publish, as an attempt that was frozen there would find it
      if (method === 'HEAD' && (looks += 1) === 2) await put(to, key, 'written meanwhile');
    };
    await start(name, spec(to));
    expect(await untilStatus(stack.namespace, name, ['Failed'])).toMatchObject({
      error: expect.stringMatching(/has changed|an object already/),
    });
    // refused without having been replaced
    expect(writes).toBe(0);
    expect((await get(to, key)).toString()).toBe('written meanwhile');
    expect(await ended(name)).toMatchObject({ status: 'Succeeded' });
    expect((await get(to, key)).toString()).not.toBe('written meanwhile');
    // not planned anew
    expect((await headersOf(to, key)).Metadata).toMatchObject({ 'ddc-epoch': '0' });
  });

  test('with verify: full it is what is brought back', async () => {
    const to = await createBucket('several-to');
    const key = 'out/part=p3/part-00000.csv';
    await put(to, key, 'before');
    let looks = 0;
    proxy.before = async ({ method, path }) => {
      // looked at by publish, by what keeps it, and before it is written
      if (method === 'HEAD' && keyIn(to, path) === key && (looks += 1) === 3)
        await put(to, key, 'written meanwhile');
    };
    proxy.fault = ({ method, path }) =>
      method === 'GET' && path.startsWith(`/${to}/out/`) ? { kind: 'corrupt', done: true } : undefined;
    await start('kept', partitioned(to, { verify: 'full' }));
    expect(await ended('kept')).toMatchObject({
      status: 'Fatal',
      error: expect.stringMatching(/what was there before is back$/),
    });
    expect((await get(to, key)).toString()).toBe('written meanwhile');
    await expectOnly(to, [key]);
  });
});

describe('a publish that fails for good half-way', () => {
  /** This store cannot hold an object at a key that others are below. */
  const THEIRS = 'out/part=p6/part-00000.csv/theirs';

  async function bucketThatRefusesOne(): Promise<string> {
    const to = await createBucket('several-to');
    await put(to, THEIRS, 'theirs');
    return to;
  }

  test('says what is visible; the deletion removes it', async () => {
    const to = await bucketThatRefusesOne();
    await start('half', partitioned(to));
    const status = await ended('half');
    expect(status).toMatchObject({
      status: 'Fatal',
      error: expect.stringMatching(
        new RegExp(
          `6 of 7 objects of the copy are visible below s3://${to}/out/; the next run or the deletion`,
        ),
      ),
    });
    expect(await below(to)).toHaveLength(PARTS);
    await kubectl(['delete', 'bt', 'half', '-n', stack.namespace, '--wait=false']);
    await untilGone(stack.namespace, 'half');
    await expectOnly(to, [THEIRS]);
  });

  test('the next run replaces it', async () => {
    const to = await bucketThatRefusesOne();
    await start('again', partitioned(to));
    expect(await ended('again')).toMatchObject({ status: 'Fatal' });
    expect(await below(to)).toHaveLength(PARTS);
    const fewer = { action: 'FilterRows', options: { clause: 'id < 3' } };
    await start('again', partitioned(to, { transformation: [fewer] }));
    expect(await ended('again')).toMatchObject({ status: 'Succeeded' });
    await expectOnly(to, [THEIRS, ...[0, 1, 2].map((part) => `out/part=p${part}/part-00000.csv`)]);
  });

  test('what was appended is removed with the run', async () => {
    const to = await createBucket('several-to');
    const few = { action: 'FilterRows', options: { clause: 'id < 3' } };
    await start('append', partitioned(to, { writeOperation: 'Append', transformation: [few] }));
    expect(await ended('append')).toMatchObject({ status: 'Succeeded' });
    // of appended objects nobody knows the names before
    proxy.before = async ({ method, path }) => {
      const key = keyIn(to, path);
      if (method === 'HEAD' && key.startsWith('out/part=p6/') && key.endsWith('.csv'))
        await put(to, `${key}/theirs`, 'theirs');
    };
    const before = await keys(to);
    await start('append', partitioned(to, { writeOperation: 'Append' }));
    expect(await ended('append')).toMatchObject({
      status: 'Fatal',
      error: expect.stringContaining('6 of 7 objects of the copy are visible'),
    });
    const theirs = (await keys(to)).filter((key) => key.endsWith('/theirs'));
    await expectOnly(to, [...before, ...theirs]);
  });
});
