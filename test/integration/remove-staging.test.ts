import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { removeStaging } from '../../activities/batch/remove-staging.ts';
import { runPrefix, uploadKey } from '../../activities/batch/staging.ts';
import { recordOpening, recordUpload } from '../../activities/batch/upload-records.ts';
import type { ObjectStore } from '../../activities/stores/object-store.ts';
import { connectS3 } from '../../activities/stores/s3/s3-store.ts';
import type { Run } from '../../workflows/contract.ts';
import { startStoreProxy, type StoreProxy } from '../support/store-proxy.ts';
import { stores } from '../support/stores.ts';
import { TRANSFER } from '../support/workflow-worker.ts';

const run = (startedAt: Date): Run => ({
  transfer: TRANSFER,
  runId: 'run',
  epoch: 0,
  startedAt: startedAt.toISOString(),
});
const HOUR_MS = 3_600_000;

describe.each(stores)('removal of what a run has staged: $name', (server) => {
  const { endpoint, accessKey, secretKey, createBucket, keys, uploads } = server;
  let proxy: StoreProxy;
  let store: ObjectStore;
  beforeAll(async () => {
    proxy = await startStoreProxy(endpoint);
    const bucket = await createBucket('staging');
    store = connectS3({ endpoint: proxy.endpoint, bucket, credentials: { accessKey, secretKey } });
  });
  afterAll(async () => {
    store.close();
    await proxy.close();
  });

  /** MinIO lists uploads by their whole key only. */
  const open = async (key: string): Promise<number> =>
    (await store.emptyUploads(key)).length +
    (await uploads(store.bucket)).filter((each) => each === key).length;

  test('an upload that was opened and not noted is ended, also below a prefix; those of others are left', async () => {
    const present = run(new Date());
    await recordOpening(store, present, ['out/a', 'out/deep/b']);
    for (const key of ['out/a', 'out/deep/b', 'out/ab', 'out/deep/b/c']) await store.createUpload(key);
    const noted = await store.createUpload('out/noted');
    await store.uploadPart('out/noted', noted, 1, Buffer.from('x'));
    await recordUpload(store, present, { key: 'out/noted', uploadId: noted });
    const others = await store.createUpload('out/a');
    await store.uploadPart('out/a', others, 1, Buffer.from('with data'));

    await removeStaging(store, runPrefix(present));
    expect(await store.emptyUploads('out/a')).toEqual([]);
    expect(await store.emptyUploads('out/deep/b')).toEqual([]);
    for (const key of ['out/ab', 'out/deep/b/c']) expect(await open(key)).toBeGreaterThan(0);
    const part = await store.uploadPart('out/a', others, 2, Buffer.from('still there'));
    expect(part.bytes).toBe(11);
    await expect(store.uploadPart('out/noted', noted, 1, Buffer.from('x'))).rejects.toMatchObject({
      code: 'UploadLost',
    });
    expect(await keys(store.bucket)).toEqual([]);
  });

  test("an upload that is older than the run is not the run's", async () => {
    const later = run(new Date(Date.now() + HOUR_MS));
    await recordOpening(store, later, ['out/old']);
    const old = await store.createUpload('out/old');
    await removeStaging(store, runPrefix(later));
    expect((await store.emptyUploads('out/old')).map(({ uploadId }) => uploadId)).toEqual([old]);
  });

  test('what a worker writes meanwhile goes, too', async () => {
    const present = run(new Date());
    await store.put(uploadKey(present, 'broken'), Buffer.from('no record'));
    let late = true;
    proxy.before = async ({ method }) => {
      if (method !== 'DELETE' || !late) return;
      late = false;
      await store.put(`${runPrefix(present)}0/carried/000000-0000`, Buffer.from('late'));
    };
    await removeStaging(store, runPrefix(present));
    expect(late).toBe(false);
    expect(await keys(store.bucket)).toEqual([]);
  });
});
