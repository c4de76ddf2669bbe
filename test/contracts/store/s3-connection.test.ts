import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { generate } from 'selfsigned';
import type { S3Connection } from '../../../activities/stores/s3/client.ts';
import type { ObjectStore } from '../../../activities/stores/object-store.ts';
import { connectS3 } from '../../../activities/stores/s3/s3-store.ts';
import { startStoreProxy, type StoreProxy } from '../../support/store-proxy.ts';
import { stores } from '../../support/stores.ts';
import { list, read } from './object-store.ts';

describe.each(stores)('$name', ({ endpoint, accessKey, secretKey, createBucket, allowAnyone }) => {
  const credentials = { accessKey, secretKey };
  const port = new URL(endpoint).port;

  async function roundTrip(connection: Partial<S3Connection>): Promise<void> {
    const bucket = await createBucket('connection');
    const store = connectS3({ endpoint, credentials, bucket, ...connection });
    try {
      const key = 'a b+c%20/ü?#';
      await store.put(key, Buffer.from('content'), { metadata: { one: '1' } });
      expect(await store.head(key)).toMatchObject({ size: 7, metadata: { one: '1' } });
      expect((await store.get(key))!.toString()).toBe('content');
      expect(await list(store, 'a ')).toEqual([key]);
      await store.copy((await store.head(key))!, 'copy');
      const uploadId = await store.createUpload('up');
      await store.completeUpload('up', uploadId, [
        await store.uploadPart('up', uploadId, 1, Buffer.from('x')),
      ]);
      await store.delete([key, 'copy', 'up']);
      expect(await list(store, '')).toEqual([]);
    } finally {
      store.close();
    }
  }

  test('path style, without and with a region', async () => {
    await roundTrip({});
    await roundTrip({ addressing: 'path', region: 'us-east-1', endpoint: `http://localhost:${port}` });
  });

  test('virtual-host style: the bucket before the host', async () => {
    await roundTrip({ addressing: 'virtual', endpoint: `http://localhost:${port}` });
  });

  describe('anyone', () => {
    let anyone: ObjectStore;
    let owner: ObjectStore;
    beforeAll(async () => {
      const bucket = await createBucket('public');
      await allowAnyone(bucket);
      anyone = connectS3({ endpoint, bucket });
      owner = connectS3({ endpoint, bucket, credentials });
      await owner.put('data.csv', Buffer.from('i\n1\n'));
    });
    afterAll(() => {
      anyone.close();
      owner.close();
    });

    test('may read what is public, unsigned', async () => {
      const object = (await anyone.head('data.csv'))!;
      expect((await read(await anyone.open(object).read(0, 4))).toString()).toBe('i\n1\n');
      expect(await list(anyone, '')).toEqual(['data.csv']);
      expect(await anyone.head('none')).toBeUndefined();
    });

    test('may not write', async () => {
      await expect(anyone.put('mine', Buffer.from('x'))).rejects.toMatchObject({
        code: 'AccessDenied',
        class: 'fatal',
      });
    });
  });

  describe('TLS with an authority of its own', () => {
    let proxy: StoreProxy;
    let caBundle: string;
    beforeAll(async () => {
      const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
        extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
      });
      caBundle = cert;
      proxy = await startStoreProxy(endpoint, { key, cert });
    });
    afterAll(() => proxy.close());

    test('is trusted when its certificate is given', async () => {
      await roundTrip({ endpoint: proxy.endpoint, caBundle });
    });

    test('brings the bytes as they are', async () => {
      const bucket = await createBucket('connection');
      const store = connectS3({ endpoint: proxy.endpoint, credentials, bucket, caBundle });
      const bytes = randomBytes(3 * 1024 * 1024);
      await store.put('k', bytes);
      const target = Buffer.alloc(bytes.length);
      await store.fill((await store.head('k'))!, 0, target);
      store.close();
      expect(target.equals(bytes)).toBe(true);
    });

    test('is not trusted else, which is fatal and says what to give', async () => {
      const store = connectS3({ endpoint: proxy.endpoint, credentials, bucket: 'abc' });
      const outcome = await store.head('k').catch((error: unknown) => error);
      store.close();
      expect(outcome).toMatchObject({ code: 'InvalidEndpoint', class: 'fatal' });
      expect((outcome as Error).message).toContain('must be given in caCertificate');
    });

    test('only for the names that it has', async () => {
      const other = proxy.endpoint.replace('localhost', '127.0.0.1');
      const store = connectS3({ endpoint: other, credentials, bucket: 'abc', caBundle });
      const outcome = await store.head('k').catch((error: unknown) => error);
      store.close();
      expect(outcome).toMatchObject({ code: 'InvalidEndpoint' });
      expect((outcome as Error).message).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
    });
  });

  test('limits change nothing but the time', async () => {
    const limits = [
      { bytesPerSecond: 4 * 1024 * 1024, scope: `test ${endpoint}` },
      { requestsPerSecond: 100, scope: 'all tests' },
    ];
    const bucket = await createBucket('limits');
    const store = connectS3({ endpoint, credentials, bucket, limits });
    const began = performance.now();
    const body = Buffer.alloc(3 * 1024 * 1024, 'abcdefg');
    await store.put('k', body);
    await store.put('empty', Buffer.alloc(0));
    expect((await store.get('k'))!.equals(body)).toBe(true);
    const reader = store.open((await store.head('k'))!);
    expect((await read(await reader.read(0, body.length))).equals(body)).toBe(true);
    // 9 MiB at 4 MiB/s, of which one second's worth may come at once.
    expect(performance.now() - began).toBeGreaterThan(1_240);
    store.close();
  });
});
