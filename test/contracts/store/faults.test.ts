import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ObjectStore } from '../../../activities/stores/object-store.ts';
import { connectS3 } from '../../../activities/stores/s3/s3-store.ts';
import { faultsFor } from '../../support/store-faults.ts';
import { startStoreProxy, type StoreProxy } from '../../support/store-proxy.ts';
import { stores } from '../../support/stores.ts';
import { conditionContract } from './conditions.ts';
import { copyContract } from './copies.ts';
import { objectStoreContract } from './object-store.ts';

const SEED = 20_260_101;
const IDLE_TIMEOUT_MS = 700;

describe.each(stores)('$name', ({ name, endpoint, accessKey, secretKey, createBucket }) => {
  let proxy: StoreProxy;
  beforeAll(async () => {
    proxy = await startStoreProxy(endpoint);
    proxy.fault = faultsFor(0.1, SEED);
  });
  afterAll(async () => {
    // Else nothing was tried.
    expect(new Set(proxy.faults.map(({ kind }) => kind)).size).toBe(5);
    await proxy.close();
  });

  const open = async (): Promise<ObjectStore> =>
    connectS3({
      endpoint: proxy.endpoint,
      bucket: await createBucket('faults'),
      credentials: { accessKey, secretKey },
      idleTimeoutMs: IDLE_TIMEOUT_MS,
    });

  const troubled = `${name}, one in ten exchanges failing`;
  objectStoreContract(troubled, open, ({ bucket }) =>
    connectS3({ endpoint, bucket, credentials: { accessKey, secretKey } }),
  );
  conditionContract(troubled, open);
  copyContract(troubled, open);
});

describe.each(stores)(
  'an answer that was lost: $name',
  ({ endpoint, accessKey, secretKey, createBucket }) => {
    let proxy: StoreProxy;
    let store: ObjectStore;
    beforeAll(async () => {
      proxy = await startStoreProxy(endpoint);
      store = connectS3({
        endpoint: proxy.endpoint,
        bucket: await createBucket('lost'),
        credentials: { accessKey, secretKey },
        idleTimeoutMs: IDLE_TIMEOUT_MS,
      });
    });
    afterAll(async () => {
      store.close();
      await proxy.close();
    });

    /** The next request of this kind is carried out, and its answer does not arrive. */
    function loseAnswerTo(method: string, path: RegExp): void {
      let lost = false;
      proxy.fault = (request) => {
        if (lost || request.method !== method || !path.test(request.path)) return undefined;
        lost = true;
        return { kind: 'reset', done: true };
      };
    }

    test('of a put that creates: it is the own object that is found', async () => {
      loseAnswerTo('PUT', /created/);
      const { etag } = await store.put('created', Buffer.from('ours'), { creates: true });
      expect(await store.head('created')).toMatchObject({ etag });
      expect(proxy.faults.length).toBeGreaterThan(0);
    });

    test('of a put that replaces', async () => {
      const { etag: before } = await store.put('replaced', Buffer.from('before'));
      loseAnswerTo('PUT', /replaced/);
      const { etag } = await store.put('replaced', Buffer.from('after'), { replaces: before });
      expect(await store.head('replaced')).toMatchObject({ etag });
    });

    test('of a put that creates, and somebody replaces the object before it is looked at', async () => {
      loseAnswerTo('PUT', /contested/);
      const other = connectS3({ endpoint, bucket: store.bucket, credentials: { accessKey, secretKey } });
      let replaced = false;
      proxy.after = async ({ method, path }) => {
        if (replaced || method !== 'PUT' || !path.includes('contested')) return;
        replaced = true;
        await other.put('contested', Buffer.from('theirs'));
      };
      const outcome = await store
        .put('contested', Buffer.from('ours'), { creates: true })
        .catch((error: unknown) => error);
      proxy.after = () => undefined;
      other.close();
      expect(outcome).toMatchObject({ code: 'DestinationChanged' });
      expect((await store.get('contested'))!.toString()).toBe('theirs');
    });

    test.each([{}, { creates: true }])('of a completed upload, %j', async (condition) => {
      const key = `completed-${JSON.stringify(condition).length}`;
      const uploadId = await store.createUpload(key);
      const part = await store.uploadPart(key, uploadId, 1, Buffer.from('x'));
      loseAnswerTo('POST', /completed.*uploadId/);
      const { etag } = await store.completeUpload(key, uploadId, [part], condition);
      expect(await store.head(key)).toMatchObject({ etag, size: 1 });
    });

    test('of an opened upload: the one that nobody knows is found as an empty one', async () => {
      loseAnswerTo('POST', /opened.*uploads/);
      const uploadId = await store.createUpload('opened');
      const found = (await store.emptyUploads('opened')).map((upload) => upload.uploadId);
      expect(found).toContain(uploadId);
      expect(found).toHaveLength(2);
      for (const each of found) await store.abortUpload('opened', each);
    });

    test('of a range: it is continued where it broke off', async () => {
      const body = Buffer.alloc(400_000, 'abc');
      await store.put('range', body);
      const from = proxy.seen.length;
      let truncated = 0;
      proxy.fault = ({ method }) => {
        if (method !== 'GET' || truncated === 3) return undefined;
        truncated += 1;
        return { kind: 'truncate', done: true };
      };
      const pieces: Uint8Array[] = [];
      const reader = store.open((await store.head('range'))!);
      let received = 0;
      for await (const piece of await reader.read(0, body.length)) {
        received += piece.length;
        pieces.push(piece);
      }
      expect(received).toBe(body.length);
      expect(Buffer.concat(pieces).equals(body)).toBe(true);
      expect(proxy.seen.slice(from).filter((request) => request.startsWith('GET'))).toHaveLength(4);
    });
  },
);
