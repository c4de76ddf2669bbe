import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { scratchUse } from '../../activities/batch/scratch.ts';
import { paymentsCsv } from '../../deploy/local/payments.ts';
import { csvOf } from '../support/csv.ts';
import { apply, batchTransfer, untilStatus } from '../support/kubernetes.ts';
import { expectOnly } from '../support/outcome.ts';
import { createBucket, endpoint, get, put, s3Side } from '../support/s3.ts';
import { startStack, type Stack } from '../support/stack.ts';
import { startStoreProxy, type StoreProxy } from '../support/store-proxy.ts';

/** One chunk and its copy need about half of it: more than one at a time could exceed it. */
const LIMIT = 512 * 1024;
const CHUNK = 128 * 1024;
const ROWS = 10_000;
const COPIES = 6;

let stack: Stack;
let bucket: string;
let proxy: StoreProxy;
const csv = [...paymentsCsv(ROWS)].join('');

beforeAll(async () => {
  stack = await startStack('scratch', {
    DDC_SCRATCH_LIMIT: String(LIMIT),
    DDC_CHUNK_BYTES: String(CHUNK),
    DDC_PARALLEL_CHUNKS: '2',
  });
  bucket = await createBucket('scratch');
  proxy = await startStoreProxy(endpoint);
  await put(bucket, 'in.csv', csv);
});
afterAll(async () => {
  await stack.stop();
  await proxy.close();
});

const copy = (name: string, source: string, more = {}): Promise<unknown> =>
  apply(
    batchTransfer(stack.namespace, name, {
      source: s3Side(bucket, source),
      destination: s3Side(bucket, `${name}.csv`),
      ...more,
    }),
  );
const ended = (name: string) => untilStatus(stack.namespace, name, ['Succeeded', 'Fatal']);

/** Bytes in the worker's scratch directory. */
async function used(): Promise<number> {
  const scratch = join(stack.dir, 'scratch');
  const [own] = readdirSync(scratch);
  return [...(await scratchUse(join(scratch, own!))).values()].reduce((sum, bytes) => sum + bytes, 0);
}

test('many transfers end in little scratch space, and it is never exceeded', async () => {
  let most = 0;
  const watching = new AbortController();
  const watch = (async () => {
    for (; !watching.signal.aborted; await delay(2)) most = Math.max(most, await used());
  })();
  const names = Array.from({ length: COPIES }, (_, index) => `copy-${index}`);
  await Promise.all(names.map((name) => copy(name, 'in.csv')));
  for (const name of names)
    expect(await ended(name)).toMatchObject({ status: 'Succeeded', numRecords: ROWS });
  watching.abort();
  await watch;
  expect(most).toBeGreaterThan(CHUNK);
  expect(most).toBeLessThanOrEqual(LIMIT);
  for (const name of names) expect((await get(bucket, `${name}.csv`)).equals(Buffer.from(csv))).toBe(true);
});

test('a chunk that needs more than all of it fails, with what to do, and leaves nothing', async () => {
  // One digit becomes 128: the result is some 30 times the source.
  await put(
    bucket,
    'short.csv',
    csvOf('id', 60_000, (index) => `${index % 10}`),
  );
  const transformation = [{ action: 'DigestColumns', columns: ['id'], options: { algo: 'sha512' } }];
  // Nothing is uploaded so fast that nobody sees it in the scratch directory.
  proxy.before = ({ method }) => (method === 'PUT' ? new Promise(() => undefined) : undefined);
  const destination = s3Side(bucket, 'digests.csv', { endpoint: proxy.endpoint });
  await copy('digests', 'short.csv', { destination, transformation, maxFailedRetries: 0 });
  const status = await ended('digests');
  expect(status).toMatchObject({ status: 'Fatal' });
  expect(status.error).toContain(`DDC_SCRATCH_LIMIT is ${LIMIT} bytes; raise it`);
  await expectOnly(bucket, [
    'in.csv',
    'short.csv',
    ...Array.from({ length: COPIES }, (_, i) => `copy-${i}.csv`),
  ]);
  expect(await used()).toBe(0);
});
