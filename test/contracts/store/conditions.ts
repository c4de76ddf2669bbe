import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ObjectStore, UploadedPart, WriteCondition } from '../../../activities/stores/object-store.ts';

const CHANGED = { code: 'DestinationChanged', class: 'replan' };
const FOREIGN = '"00000000000000000000000000000000"';

/** Writes that depend on what is at the key. */
export function conditionContract(name: string, open: () => Promise<ObjectStore>): void {
  describe(`conditional writes: ${name}`, () => {
    let store: ObjectStore;
    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => {
      store.close();
    });

    const text = async (key: string): Promise<string> => (await store.get(key))!.toString();

    /** Every way to write an object `key`. */
    const ways: [string, (key: string, body: string, condition: WriteCondition) => Promise<unknown>][] = [
      ['put', (key, body, condition) => store.put(key, Buffer.from(body), condition)],
      [
        'completeUpload',
        async (key, body, condition) => {
          const { uploadId, parts } = await upload(key, body);
          await store.completeUpload(key, uploadId, parts, condition).catch(async (error: unknown) => {
            await store.abortUpload(key, uploadId);
            throw error;
          });
        },
      ],
      [
        'copy',
        async (key, body, condition) => {
          await store.put(`${key}-source`, Buffer.from(body));
          await store.copy((await store.head(`${key}-source`))!, key, condition);
        },
      ],
    ];

    async function upload(key: string, body: string): Promise<{ uploadId: string; parts: UploadedPart[] }> {
      const uploadId = await store.createUpload(key);
      return { uploadId, parts: [await store.uploadPart(key, uploadId, 1, Buffer.from(body))] };
    }

    test.each(ways)('%s: creates only where nothing is', async (way, write) => {
      const key = `creates-${way}`;
      await write(key, 'first', { creates: true });
      await expect(write(key, 'second', { creates: true })).rejects.toMatchObject(CHANGED);
      expect(await text(key)).toBe('first');
    });

    test.each(ways)('%s: replaces exactly what it was told to', async (way, write) => {
      const key = `replaces-${way}`;
      await expect(write(key, 'none', { replaces: FOREIGN })).rejects.toMatchObject(CHANGED);
      expect(await store.head(key)).toBeUndefined();
      const { etag } = await store.put(key, Buffer.from('first'));
      await write(key, 'second', { replaces: etag });
      await expect(write(key, 'third', { replaces: etag })).rejects.toMatchObject(CHANGED);
      expect(await text(key)).toBe('second');
    });

    test.each(ways)('%s: of many at once exactly one wins', async (way, write) => {
      const key = `race-${way}`;
      const racers = Array.from({ length: 8 }, (_, racer) => `${key}-${racer}`);
      const outcomes = await Promise.allSettled(
        racers.map((racer) =>
          way === 'copy' ? copyOwn(racer, key) : write(key, racer, { creates: true }).then(() => racer),
        ),
      );
      const winners = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
      expect(winners).toEqual([await text(key)]);
      for (const outcome of outcomes)
        if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject(CHANGED);
    });

    async function copyOwn(racer: string, key: string): Promise<string> {
      await store.put(racer, Buffer.from(racer));
      await store.copy((await store.head(racer))!, key, { creates: true });
      return racer;
    }

    test('an upload whose completion was refused still exists', async () => {
      await store.put('alive', Buffer.from('old'));
      const { uploadId, parts } = await upload('alive', 'new');
      await expect(store.completeUpload('alive', uploadId, parts, { creates: true })).rejects.toMatchObject(
        CHANGED,
      );
      await store.completeUpload('alive', uploadId, parts);
      expect(await text('alive')).toBe('new');
    });

    test('an object of no bytes is copied on a condition, too', async () => {
      await store.put('nothing', Buffer.alloc(0));
      await store.copy((await store.head('nothing'))!, 'nothing2', {
        creates: true,
        contentType: 'text/css',
      });
      expect(await store.head('nothing2')).toMatchObject({ size: 0, contentType: 'text/css' });
    });
  });
}
