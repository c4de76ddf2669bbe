import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ObjectStore } from '../../../activities/stores/object-store.ts';

const MIB = 1024 * 1024;
const FOREIGN = '"00000000000000000000000000000000"';
const CHANGED = { code: 'SourceChanged', class: 'replan' };

/** Copies that the store makes itself, also between buckets. */
export function copyContract(name: string, open: () => Promise<ObjectStore>): void {
  describe(`copies in the store: ${name}`, () => {
    let store: ObjectStore;
    let other: ObjectStore;
    beforeAll(async () => {
      [store, other] = await Promise.all([open(), open()]);
    });
    afterAll(() => {
      store.close();
      other.close();
    });

    test.each(['from', 'a b+c%20?#ü/日本'])('an object of another bucket: %s', async (key) => {
      await other.put(key, Buffer.from('content'), { metadata: { theirs: '1' }, contentType: 'text/csv' });
      const from = { ...(await other.head(key))!, bucket: other.bucket };
      const { etag } = await store.copy(from, 'to', { metadata: { ours: '2' }, contentType: 'text/plain' });
      expect(await store.head('to')).toMatchObject({ etag, size: 7, contentType: 'text/plain' });
      expect((await store.head('to'))!.metadata).toEqual({ ours: '2' });
      expect((await store.get('to'))!.toString()).toBe('content');
    });

    test('parts of an object become parts of another', async () => {
      const body = randomBytes(11 * MIB);
      await other.put('parts', body);
      const from = { ...(await other.head('parts'))!, bucket: other.bucket };
      const uploadId = await store.createUpload('joined', { metadata: { ours: '1' } });
      const first = await store.uploadPartCopy('joined', uploadId, 1, from, { start: 3, end: 6 * MIB });
      expect(first).toMatchObject({ number: 1, bytes: 6 * MIB - 3 });
      const second = await store.uploadPartCopy('joined', uploadId, 2, from);
      await store.completeUpload('joined', uploadId, [first, second]);
      expect((await store.get('joined'))!.equals(Buffer.concat([body.subarray(3, 6 * MIB), body]))).toBe(
        true,
      );
      expect((await store.head('joined'))!.metadata).toEqual({ ours: '1' });
    });

    test('another version than the planned one is never copied', async () => {
      await store.put('changed', Buffer.from('new'));
      const from = { key: 'changed', etag: FOREIGN, size: 3 };
      await expect(store.copy(from, 'copied')).rejects.toMatchObject(CHANGED);
      await expect(store.copy(from, 'copied', { creates: true })).rejects.toMatchObject(CHANGED);
      const uploadId = await store.createUpload('copied');
      await expect(store.uploadPartCopy('copied', uploadId, 1, from)).rejects.toMatchObject(CHANGED);
      await store.abortUpload('copied', uploadId);
      expect(await store.head('copied')).toBeUndefined();
      expect(await store.emptyUploads('copied')).toEqual([]);
    });

    test('a source that is gone is said so; too large a request is not tried', async () => {
      const gone = { key: 'gone', etag: FOREIGN, size: 1 };
      await expect(store.copy(gone, 'to')).rejects.toMatchObject({ code: 'ObjectNotFound' });
      const huge = { key: 'huge', etag: FOREIGN, size: 5 * 1024 ** 3 + 1 };
      await expect(store.copy(huge, 'to')).rejects.toMatchObject({ code: 'Unsupported', class: 'fatal' });
    });
  });
}
