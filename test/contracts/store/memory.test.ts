import { describe, expect, test } from '@jest/globals';
import { connectS3 } from '../../../activities/stores/s3/s3-store.ts';
import { stores } from '../../support/stores.ts';

const MIB = 1024 * 1024;

describe.each(stores)('reading from $name', ({ endpoint, accessKey, secretKey, createBucket }) => {
  test('leaves nothing for garbage collection but a few pieces', async () => {
    const credentials = { accessKey, secretKey };
    const store = connectS3({ endpoint, bucket: await createBucket('memory'), credentials });
    const bytes = Buffer.alloc(48 * MIB, 'abc');
    await store.put('large', bytes);
    const object = (await store.head('large'))!;
    const target = Buffer.alloc(bytes.length);
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    let reading = true;
    const look = (): void => {
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
      if (reading) setImmediate(look);
    };
    look();
    await store.fill(object, 0, target);
    reading = false;
    expect(target.equals(bytes)).toBe(true);
    expect(most).toBeLessThan(8 * MIB);
    store.close();
  });
});
