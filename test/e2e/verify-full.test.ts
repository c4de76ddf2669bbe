import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { PlanReport } from '../../workflows/contract/plan-report.ts';
import { csvOf } from '../support/csv.ts';
import { ddc } from '../support/ddc.ts';
import { apply, batchTransfer, untilStatus } from '../support/kubernetes.ts';
import { createBucket, endpoint, get, headersOf, keys, put, s3Side, uploads } from '../support/s3.ts';
import { startStack, type Stack } from '../support/stack.ts';
import { startStoreProxy, type StoreProxy } from '../support/store-proxy.ts';

let stack: Stack;
let bucket: string;
let proxy: StoreProxy;
const ROWS = 4_000;
const VALUES =
  'i,d,b,t,s\n1,1.5,true,2024-01-01 10:00:00,é\n-2,-0.0,false,,""\n,1e300,,1969-12-31 23:59:58,\n';
const described = { ContentType: 'text/plain', CacheControl: 'no-store', Metadata: { owner: 'me' } };

beforeAll(async () => {
  stack = await startStack('verify-full', { DDC_CHUNK_BYTES: '32Ki' });
  bucket = await createBucket('verify-full');
  proxy = await startStoreProxy(endpoint);
  const row = (index: number): string =>
    `${index},"${index % 7 === 0 ? 'two\nlines' : 'some text'} ${index}"`;
  await put(bucket, 'in/several.csv', csvOf('id,name', ROWS, row));
  await put(bucket, 'in/whole.csv', csvOf('id,name', 10, row));
  await put(bucket, 'in/values.csv', VALUES);
  await put(bucket, 'in/none.csv', 'id,name\n');
  await put(bucket, 'in/nulls.csv', 'a\n"x"\n\n""\n');
  await put(bucket, 'in/several.binary', randomBytes(20 * 2 ** 20));
  await put(bucket, 'in/whole.binary', randomBytes(1_000));
});
afterEach(() => {
  proxy.fault = () => undefined;
  proxy.faults.length = 0;
});
afterAll(async () => {
  await stack.stop();
  await proxy.close();
});

async function copy(name: string, from: string, to: string, dataFormat: string, more: object = {}) {
  const binary = dataFormat === 'binary' ? { dataFormat } : {};
  const applied = await apply(
    batchTransfer(stack.namespace, name, {
      source: s3Side(bucket, from, binary),
      destination: s3Side(bucket, to, { dataFormat, endpoint: proxy.endpoint, ...more }),
      verify: 'full',
      maxFailedRetries: 1,
    }),
  );
  expect(applied.stderr).toBe('');
  return untilStatus(stack.namespace, name, ['Succeeded', 'Fatal', 'ConfigurationError']);
}

const leftovers = async () => [
  ...(await keys(bucket)).filter((key) => key.startsWith('.ddc')),
  ...(await uploads(bucket)),
];

/** What is read of the object comes back with a bit changed. */
function corruptReads(key: string): void {
  proxy.fault = ({ method, path }) =>
    method === 'GET' && path.startsWith(`/${bucket}/${key}`) && !path.includes('uploads')
      ? { kind: 'corrupt', done: true }
      : undefined;
}

const sourceOf = (format: string, size: string): string =>
  `in/${size}.${format === 'binary' ? 'binary' : 'csv'}`;
const cases = ['csv', 'json', 'orc', 'parquet', 'binary'].flatMap((format) =>
  ['several', 'whole'].map((size) => [format, size] as const),
);

describe('verify: full', () => {
  test.each(cases)('%s, %s: what was published is read back', async (format, size) => {
    const key = `good/${size}.${format}`;
    const status = await copy(`good-${format}-${size}`, sourceOf(format, size), key, format);
    expect(status.error).toBeUndefined();
    expect(status).toMatchObject({ status: 'Succeeded', receipt: { verified: 'full' } });
    expect(proxy.seen.some((line) => line.startsWith(`GET /${bucket}/${key}`))).toBe(true);
    expect(await leftovers()).toEqual([]);
  });

  test.each(cases)('%s, %s: damaged, what was there before is back', async (format, size) => {
    const key = `bad/${size}.${format}`;
    await put(bucket, key, 'before', described);
    corruptReads(key);
    const status = await copy(`bad-${format}-${size}`, sourceOf(format, size), key, format);
    expect(status).toMatchObject({
      status: 'Fatal',
      error: expect.stringContaining('what was there before is back'),
    });
    expect(proxy.faults.length).toBeGreaterThan(0);
    expect((await get(bucket, key)).toString()).toBe('before');
    expect(await headersOf(bucket, key)).toMatchObject(described);
    expect((await headersOf(bucket, key)).Metadata).toEqual(described.Metadata);
    expect(await leftovers()).toEqual([]);
  });

  const dialects: [string, string, object][] = [
    ['no header', 'csv', { csv: { header: false, delimiter: ';', nullValue: 'NULL', encoding: 'UTF-16LE' } }],
    ['compressed', 'csv', { csv: { escape: '\\', compression: 'gzip' } }],
    ['array', 'json', { json: { layout: 'array' } }],
    ['compressed array', 'json', { json: { layout: 'array', compression: 'gzip' } }],
    ['compressed lines', 'json', { json: { compression: 'zstd' } }],
  ];

  test.each(dialects)('%s %s: read back as it was written', async (name, format, options) => {
    const id = `${name}-${format}`.replaceAll(' ', '-');
    for (const from of ['in/several.csv', 'in/values.csv', 'in/none.csv']) {
      const resource = `${id}-${from.slice(3, -4)}`;
      const status = await copy(resource, from, `dialects/${resource}.${format}`, format, options);
      expect(status.error).toBeUndefined();
      expect(status).toMatchObject({ status: 'Succeeded', receipt: { verified: 'full' } });
    }
  });

  test.each(['csv', 'json', 'orc', 'parquet'])(
    '%s: a single column with NULLs, and no rows',
    async (format) => {
      for (const from of ['in/nulls.csv', 'in/none.csv', 'in/values.csv']) {
        const resource = `${format}-${from.slice(3, -4)}`;
        const status = await copy(resource, from, `few/${resource}`, format);
        expect(status.error).toBeUndefined();
        expect(status.status).toBe('Succeeded');
      }
    },
  );

  test('damaged, where nothing was before: nothing is there', async () => {
    corruptReads('new/out.csv');
    const status = await copy('new', 'in/several.csv', 'new/out.csv', 'csv');
    expect(status.status).toBe('Fatal');
    expect(status.error).toMatch(/differs in|cannot be read back as it was written/);
    expect((await keys(bucket)).filter((key) => key.startsWith('new/'))).toEqual([]);
    expect(await leftovers()).toEqual([]);
  });

  test('several objects: all are brought back, those of others are left', async () => {
    await put(bucket, 'parts/part-00000.parquet', 'before');
    await put(bucket, 'parts/theirs.parquet', 'theirs');
    corruptReads('parts/part-00000');
    const status = await copy('parts', 'in/several.csv', 'parts/', 'parquet');
    expect(status).toMatchObject({ status: 'Fatal' });
    expect((await get(bucket, 'parts/part-00000.parquet')).toString()).toBe('before');
    expect((await keys(bucket)).filter((key) => key.startsWith('parts/'))).toEqual([
      'parts/part-00000.parquet',
      'parts/theirs.parquet',
    ]);
    expect(await leftovers()).toEqual([]);
  });
});

test.each([
  ['whole', 'in/whole.csv', 'planned/whole.csv', 'csv'],
  ['several', 'in/several.csv', 'planned/several.csv', 'csv'],
  ['whole-binary', 'in/whole.binary', 'planned/whole.binary', 'binary'],
  ['several-binary', 'in/several.binary', 'planned/several.binary', 'binary'],
])('%s: the plan tells about as many requests as are made', async (name, from, to, dataFormat) => {
  const side = { dataFormat, endpoint: proxy.endpoint };
  const spec = {
    source: s3Side(bucket, from, dataFormat === 'binary' ? side : { endpoint: proxy.endpoint }),
    destination: s3Side(bucket, to, side),
    verify: 'full',
    receipt: { prefix: 'receipts' },
  };
  const resource = batchTransfer(stack.namespace, `planned-${name}`, spec);
  const planned = await ddc(
    ['plan', '-f', '-', '-o', 'json', '--chunk-bytes', '32Ki'],
    JSON.stringify(resource),
  );
  const { requests } = JSON.parse(planned.stdout) as PlanReport;
  const before = proxy.seen.length;
  await apply(resource);
  expect(await untilStatus(stack.namespace, `planned-${name}`, ['Succeeded', 'Fatal'])).toMatchObject({
    status: 'Succeeded',
  });
  const made = { get: 0, put: 0, part: 0, delete: 0 };
  for (const line of proxy.seen.slice(before)) made[kindOf(line)] += 1;
  for (const kind of ['get', 'put', 'part', 'delete'] as const)
    expect(Math.abs(made[kind] - requests[kind])).toBeLessThanOrEqual(3);
});

/** As a plan counts a request. */
function kindOf(line: string): keyof PlanReport['requests'] {
  const [method, path = ''] = line.split(' ');
  if (method === 'DELETE') return 'delete';
  if (method === 'PUT') return path.includes('partNumber=') ? 'part' : 'put';
  if (method === 'GET' && !/[?&](list-type|uploads)/.test(path)) return 'get';
  return method === 'HEAD' ? 'get' : 'put';
}

describe('a body that changes on its way to the store', () => {
  test.each(cases)('%s, %s: the store refuses it, and it is sent again', async (format, size) => {
    const key = `sent/${size}.${format}`;
    const once = new Set<string>();
    proxy.fault = ({ method, path }) => {
      if (method !== 'PUT' || once.has(path)) return undefined;
      once.add(path);
      return { kind: 'corrupt', done: false };
    };
    const status = await copy(`sent-${format}-${size}`, sourceOf(format, size), key, format);
    expect(status.error).toBeUndefined();
    expect(status.status).toBe('Succeeded');
    expect(proxy.faults.length).toBeGreaterThan(0);
  });
});
