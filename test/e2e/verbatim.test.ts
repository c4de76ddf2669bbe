import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { apply, batchTransfer, kubectl, untilStatus } from '../support/kubernetes.ts';
import { createBucket, endpoint, get, headersOf, keys, put, s3Side, uploads } from '../support/s3.ts';
import { startStack, type Stack } from '../support/stack.ts';
import { startStoreProxy, type StoreProxy } from '../support/store-proxy.ts';

let stack: Stack;
let source: string;
let target: string;
/** Another name of the store: what goes through it could as well come from another. */
let proxy: StoreProxy;
const small = randomBytes(1000);
const large = randomBytes(40 * 2 ** 20);
const described = { ContentType: 'image/png', CacheControl: 'no-store', Metadata: { owner: 'me' } };

beforeAll(async () => {
  stack = await startStack('verbatim', { DDC_PARALLEL_CHUNKS: '2' });
  source = await createBucket('verbatim-from');
  target = await createBucket('verbatim-to');
  proxy = await startStoreProxy(endpoint);
  await put(source, 'one.bin', small, described);
  await put(source, 'all/large.bin', large, described);
  await put(source, 'all/deep/er/small.bin', small, described);
  await put(source, 'all/_empty', '');
});
beforeEach(() => {
  proxy.seen.length = 0;
});
afterAll(async () => {
  await stack.stop();
  await proxy.close();
});

async function copy(name: string, from: string, to: string, sourceSide: object = {}, spec: object = {}) {
  const applied = await apply(
    batchTransfer(stack.namespace, name, {
      source: s3Side(source, from, { dataFormat: 'binary', ...sourceSide }),
      destination: s3Side(target, to),
      ...spec,
    }),
  );
  expect(applied.stderr).toBe('');
  return untilStatus(stack.namespace, name, ['Succeeded', 'Fatal', 'ConfigurationError']);
}

const below = async (prefix: string) => (await keys(target)).filter((key) => key.startsWith(prefix));

describe('binary data', () => {
  test.each([
    ['through the worker', () => ({ endpoint: proxy.endpoint })],
    ['by the store itself', () => ({})],
  ])('one object, %s: bytes, headers and metadata are the same', async (way, side) => {
    const key = `${way.replaceAll(' ', '-')}.bin`;
    const status = await copy(key.replace('.', '-'), 'one.bin', key, side());
    expect(status.error).toBeUndefined();
    expect(status).toMatchObject({
      status: 'Succeeded',
      numRecords: 1,
      source: { format: 'binary', bytes: 1000, objects: 1 },
      destination: { format: 'binary', bytes: 1000, objects: 1, details: { copied: way } },
    });
    expect((await get(target, key)).equals(small)).toBe(true);
    expect(await headersOf(target, key)).toMatchObject({
      ...described,
      Metadata: { ...described.Metadata, 'ddc-run': expect.any(String) },
    });
    expect(await below('.ddc')).toEqual([]);
  });

  test.each([
    ['through the worker', () => ({ endpoint: proxy.endpoint })],
    ['by the store itself', () => ({})],
  ])('a prefix, %s', async (way, side) => {
    const folder = `all-${way.replaceAll(' ', '-')}`;
    const status = await copy(folder, 'all', folder, side());
    expect(status.error).toBeUndefined();
    expect(status).toMatchObject({ numRecords: 3, destination: { objects: 3, bytes: large.length + 1000 } });
    expect(await below(folder)).toEqual([
      `${folder}/_empty`,
      `${folder}/deep/er/small.bin`,
      `${folder}/large.bin`,
    ]);
    expect((await get(target, `${folder}/large.bin`)).equals(large)).toBe(true);
    expect((await get(target, `${folder}/deep/er/small.bin`)).equals(small)).toBe(true);
    expect(await headersOf(target, `${folder}/large.bin`)).toMatchObject({ ContentType: 'image/png' });
    expect(await below('.ddc')).toEqual([]);
    expect(await uploads(target)).toEqual([]);
    await kubectl(['delete', 'batchtransfer', folder, '-n', stack.namespace, '--timeout=60s']);
    expect(await below(folder)).toEqual([]);
  });

  test('by the store itself, no byte of the source passes through the worker', async () => {
    const side = { endpoint: proxy.endpoint };
    const status = await copy('no-byte', 'all/large.bin', 'no-byte.bin', side, {
      destination: s3Side(target, 'no-byte.bin', side),
    });
    expect(status.error).toBeUndefined();
    expect((await get(target, 'no-byte.bin')).equals(large)).toBe(true);
    expect(proxy.seen.filter((line) => line.startsWith(`GET /${source}/all/large.bin`))).toEqual([]);
  });

  test('what needs rows is refused', async () => {
    const status = await copy(
      'rows',
      'one.bin',
      'rows.bin',
      {},
      { transformation: [{ action: 'RemoveColumns', columns: ['a'] }] },
    );
    expect(status).toMatchObject({ status: 'Fatal' });
    expect(status.error).toContain('spec.transformation: binary data is copied byte for byte');
  });
});
