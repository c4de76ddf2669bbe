import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { apply, batchTransfer, untilStatus } from '../support/kubernetes.ts';
import { createBucket, endpoint, get, headersOf, put, s3Side } from '../support/s3.ts';
import { startStack, type Stack } from '../support/stack.ts';
import { startStoreProxy, type StoreProxy } from '../support/store-proxy.ts';

let stack: Stack;
let bucket: string;
let proxy: StoreProxy;

beforeAll(async () => {
  stack = await startStack('conditional');
  bucket = await createBucket('conditional');
  proxy = await startStoreProxy(endpoint);
  await put(bucket, 'in.csv', 'id\n1\n');
});
afterAll(async () => {
  await stack.stop();
  await proxy.close();
});

test.each([
  ['nothing', undefined],
  ['another object', 'old'],
])('where there was %s, what is written meanwhile is seen before it is replaced', async (what, before) => {
  const key = `${what.replace(' ', '-')}.csv`;
  if (before !== undefined) await put(bucket, key, before);
  const puts = (): number => proxy.seen.filter((line) => line.startsWith(`PUT /${bucket}/${key}`)).length;
  proxy.before = async ({ method, path }) => {
    // exactly between the look of the plan and the write: as an attempt that was frozen there would find it
    if (method === 'PUT' && path.startsWith(`/${bucket}/${key}`) && puts() === 1)
      await put(bucket, key, 'written meanwhile');
  };
  await apply(
    batchTransfer(stack.namespace, key.replace('.', '-'), {
      source: s3Side(bucket, 'in.csv'),
      destination: s3Side(bucket, key, { endpoint: proxy.endpoint }),
    }),
  );
  const status = await untilStatus(stack.namespace, key.replace('.', '-'), ['Succeeded', 'Fatal']);
  expect(status.error).toBeUndefined();
  // refused once, planned again, and then meant
  expect(puts()).toBe(2);
  expect((await get(bucket, key)).toString()).toBe('id\n1\n');
  expect((await headersOf(bucket, key)).Metadata).toMatchObject({ 'ddc-epoch': '1' });
});
