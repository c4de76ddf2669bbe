import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ObjectStore } from '../../../activities/stores/object-store.ts';
import { connectS3 } from '../../../activities/stores/s3/s3-store.ts';
import { startStoreProxy, type StoreProxy } from '../../support/store-proxy.ts';
import { stores } from '../../support/stores.ts';

const MIB = 1024 * 1024;

describe.each(stores)('reading from $name', ({ endpoint, accessKey, secretKey, createBucket }) => {
  let proxy: StoreProxy;
  let store: ObjectStore;
  beforeAll(async () => {
    proxy = await startStoreProxy(endpoint);
    store = connectS3({
      endpoint: proxy.endpoint,
      bucket: await createBucket('memory'),
      credentials: { accessKey, secretKey },
      idleTimeoutMs: 1_000,
    });
  });
  afterAll(async () => {
    store.close();
    await proxy.close();
  });

  test('leaves nothing for garbage collection but a few pieces', async () => {
    const direct = connectS3({ endpoint, bucket: store.bucket, credentials: { accessKey, secretKey } });
    const bytes = Buffer.alloc(48 * MIB, 'abc');
    await direct.put('large', bytes);
    const object = (await direct.head('large'))!;
    const target = Buffer.alloc(bytes.length);
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    let reading = true;
    const look = (): void => {
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
      if (reading) setImmediate(look);
    };
    look();
    await direct.fill(object, 0, target);
    reading = false;
    direct.close();
    expect(target.equals(bytes)).toBe(true);
    expect(most).toBeLessThan(8 * MIB);
  });

  test('takes nothing from what the connection brings next, however slowly it was read', async () => {
    const bytes = randomBytes(1000);
    await store.put('k', bytes);
    const object = (await store.head('k'))!;
    const slow: AsyncIterator<Uint8Array>[] = [];
    for (let index = 0; index < 5; index += 1) {
      const pieces = await store.open(object).read(0, bytes.length);
      slow.push(pieces[Symbol.asyncIterator]());
      const { value } = (await slow.at(-1)!.next()) as { value: Uint8Array };
      expect(bytes.equals(value)).toBe(true);
    }
    expect((await store.get('k'))!.equals(bytes)).toBe(true);
    for (const each of slow) expect((await each.next()).done).toBe(true);
    // Not one was asked for again, because its answer did not get through.
    expect(proxy.seen.filter((request) => request.startsWith('GET'))).toHaveLength(slow.length + 1);
  });
});
