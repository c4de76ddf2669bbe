import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pLimit from 'p-limit';
import type { ListedObject, ObjectStore } from '../../../activities/stores/object-store.ts';

const MIB = 1024 * 1024;

export async function read(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

export async function list(store: ObjectStore, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  return keys;
}

/**
 * What every ObjectStore must do.
 * @param open gives a store on a fresh, empty bucket
 * @param undisturbed gives another store on the same bucket, for preparations; default: the same one
 */
export function objectStoreContract(
  name: string,
  open: () => Promise<ObjectStore>,
  undisturbed: (store: ObjectStore) => ObjectStore = (store) => store,
): void {
  describe(`object store contract: ${name}`, () => {
    let store: ObjectStore;
    let directory: string;
    beforeAll(async () => {
      store = await open();
      directory = await mkdtemp(join(tmpdir(), 'ddc-store-'));
    });
    afterAll(async () => {
      store.close();
      await rm(directory, { recursive: true });
    });

    test('puts, looks at and reads back objects with metadata', async () => {
      const { etag } = await store.put('a/small', Buffer.from('hello'), { metadata: { 'ddc-run': 'r1' } });
      expect(await store.head('a/small')).toMatchObject({ size: 5, etag, metadata: { 'ddc-run': 'r1' } });
      expect((await store.get('a/small'))!.toString()).toBe('hello');
      expect(await store.head('a/none')).toBeUndefined();
      expect(await store.get('a/none')).toBeUndefined();
    });

    test('headers of an object are kept, and what says how it was sent is not one', async () => {
      const headers = {
        contentType: 'text/csv; charset=utf-8',
        contentEncoding: 'gzip',
        cacheControl: 'no-cache',
        contentDisposition: 'attachment; filename="a b.csv"',
        contentLanguage: 'de',
      };
      await store.put('headers', Buffer.from('x'), headers);
      expect(await store.head('headers')).toMatchObject(headers);
      const uploadId = await store.createUpload('headers2', { ...headers, contentEncoding: 'aws-chunked' });
      await store.completeUpload('headers2', uploadId, [
        await store.uploadPart('headers2', uploadId, 1, Buffer.from('x')),
      ]);
      const { contentEncoding, ...others } = (await store.head('headers2'))!;
      expect(contentEncoding).toBeUndefined();
      expect(others).toMatchObject({ contentType: headers.contentType, contentLanguage: 'de' });
    });

    test('reads all of an object, piece by piece', async () => {
      const body = randomBytes(3 * MIB);
      await store.put('big', body);
      const object = (await store.head('big'))!;
      const reader = store.open(object);
      expect((await read(await reader.read(0, body.length))).equals(body)).toBe(true);
      expect((await read(await reader.read(1, MIB + 1))).equals(body.subarray(1, MIB + 1))).toBe(true);
    });

    test('puts a range of a file, and an empty object', async () => {
      const file = join(directory, 'f');
      await writeFile(file, '0123456789');
      await store.put('range', { file, start: 2, end: 5 });
      expect((await store.get('range'))!.toString()).toBe('234');
      await store.put('empty', { file, start: 3, end: 3 });
      expect((await store.head('empty'))!.size).toBe(0);
    });

    test('reads ranges of one version only', async () => {
      await store.put('pinned', Buffer.from('0123456789'));
      const object = (await store.head('pinned'))!;
      const reader = store.open(object);
      expect((await read(await reader.read(3, 7))).toString()).toBe('3456');
      expect((await read(await reader.read(4, 4))).toString()).toBe('');
      await store.put('pinned', Buffer.from('abcdefghij'));
      await expect(reader.read(3, 7).then(read)).rejects.toMatchObject({
        code: 'SourceChanged',
        class: 'replan',
      });
    });

    test('fills memory with bytes of one version only', async () => {
      const content = randomBytes(3 * MIB);
      await store.put('filled', content);
      const object = (await store.head('filled'))!;
      const target = Buffer.alloc(2 * MIB, 1);
      await store.fill(object, MIB, target.subarray(0, 2 * MIB - 1));
      expect(target.subarray(0, 2 * MIB - 1).equals(content.subarray(MIB, 3 * MIB - 1))).toBe(true);
      expect(target.at(-1)).toBe(1);
      await store.put('filled', randomBytes(3 * MIB));
      await expect(store.fill(object, 0, target)).rejects.toMatchObject({ code: 'SourceChanged' });
    });

    test('an upload without gaps is checked by CRC32, part by part and as a whole', async () => {
      const first = randomBytes(5 * MIB);
      const last = Buffer.from('end');
      const metadata = { 'ddc-run': 'r3' };
      const { uploadId, checksum } = await store.createGaplessUpload('gapless', { metadata });
      expect(checksum).toBe('CRC32');
      const two = await store.uploadPart('gapless', uploadId, 2, last, checksum);
      const file = join(directory, 'gapless');
      await writeFile(file, first);
      const whole = { file, start: 0, end: first.length };
      const one = await store.uploadPart('gapless', uploadId, 1, whole, checksum);
      expect(two.crc32).toBe('APwzsQ==');
      expect(await store.uploadPart('gapless', uploadId, 1, first, checksum)).toEqual(one);
      const forged = { ...two, crc32: 'AAAAAA==' };
      await expect(store.completeUpload('gapless', uploadId, [one, forged])).rejects.toMatchObject({
        code: 'UploadLost',
      });
      const { etag } = await store.completeUpload('gapless', uploadId, [one, two]);
      expect(await store.head('gapless')).toMatchObject({ size: first.length + 3, etag, metadata });
      expect((await store.get('gapless'))!.equals(Buffer.concat([first, last]))).toBe(true);
    });

    test('an upload becomes visible as a whole, parts in order of their numbers with gaps', async () => {
      const first = randomBytes(5 * MIB);
      const last = Buffer.from('end');
      const uploadId = await store.createUpload('up', { metadata: { 'ddc-run': 'r2' } });
      const two = await store.uploadPart('up', uploadId, 9, last);
      const file = join(directory, 'part');
      await writeFile(file, Buffer.concat([Buffer.from('xx'), first]));
      const one = await store.uploadPart('up', uploadId, 2, { file, start: 2, end: 2 + first.length });
      expect(await store.head('up')).toBeUndefined();
      const { etag } = await store.completeUpload('up', uploadId, [one, two]);
      const object = (await store.head('up'))!;
      expect(object).toMatchObject({ size: first.length + 3, etag, metadata: { 'ddc-run': 'r2' } });
      expect((await store.get('up'))!.equals(Buffer.concat([first, last]))).toBe(true);
    });

    test('a part uploaded again has the same identity', async () => {
      const uploadId = await store.createUpload('again');
      const body = randomBytes(100_000);
      const one = await store.uploadPart('again', uploadId, 1, body);
      expect(await store.uploadPart('again', uploadId, 1, body)).toEqual(one);
      await store.abortUpload('again', uploadId);
    });

    test('aborting leaves nothing and is repeatable; completing afterwards says that the upload is lost', async () => {
      const uploadId = await store.createUpload('gone');
      const part = await store.uploadPart('gone', uploadId, 1, Buffer.from('x'));
      await store.abortUpload('gone', uploadId);
      await store.abortUpload('gone', uploadId);
      expect(await store.head('gone')).toBeUndefined();
      await expect(store.completeUpload('gone', uploadId, [part])).rejects.toMatchObject({
        code: 'UploadLost',
      });
      await expect(store.uploadPart('gone', uploadId, 1, Buffer.from('x'))).rejects.toMatchObject({
        code: 'UploadLost',
      });
    });

    test('finds uploads without parts on exactly one key', async () => {
      const orphan = await store.createUpload('key');
      const working = await store.createUpload('key');
      await store.uploadPart('key', working, 1, Buffer.from('x'));
      const other = await store.createUpload('key2');
      const found = (await store.emptyUploads('key')).map((upload) => upload.uploadId);
      expect(found).toContain(orphan);
      // There may be one more: an upload that was opened though the answer was lost.
      for (const upload of [working, other]) expect(found).not.toContain(upload);
      await store.abortUpload('key', orphan);
      await store.abortUpload('key', working);
      await store.abortUpload('key2', other);
    });

    test('lists more than one page, in order, with sizes and ETags', async () => {
      const keys = Array.from({ length: 1_005 }, (_, index) => `pages/${String(index).padStart(5, '0')}`);
      const direct = undisturbed(store);
      const { etag } = await direct.put(keys[0]!, Buffer.from('page'));
      await pLimit(16).map(keys.slice(1), (key) => direct.put(key, Buffer.from('page')));
      const listed: ListedObject[] = [];
      for await (const object of store.list('pages/')) listed.push(object);
      expect(listed).toEqual(keys.map((key) => ({ key, size: 4, etag })));
      await direct.delete(keys.slice(20));
      await store.delete(keys.slice(0, 20));
      expect(await list(store, 'pages/')).toEqual([]);
      if (direct !== store) direct.close();
    });

    test('lists by prefix and deletes exactly what is named', async () => {
      for (const key of ['d/small', 'd/small2.csv', 'd/x/1', 'd/x/2']) await store.put(key, Buffer.from('x'));
      expect(await list(store, 'd/x/')).toEqual(['d/x/1', 'd/x/2']);
      await store.delete(['d/small', 'd/none', 'd/x/1', 'd/x/2']);
      expect(await list(store, 'd/')).toEqual(['d/small2.csv']);
      await store.delete([]);
    });
  });
}
