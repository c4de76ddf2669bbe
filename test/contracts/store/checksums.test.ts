import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ObjectStore } from '../../../activities/stores/object-store.ts';
import { connectS3 } from '../../../activities/stores/s3/s3-store.ts';
import { withServer } from '../../support/http-server.ts';
import { startStoreProxy, type StoreProxy } from '../../support/store-proxy.ts';
import { stores } from '../../support/stores.ts';

describe.each(stores)('a bit that changes on its way to $name', (store) => {
  const { endpoint, accessKey, secretKey, createBucket } = store;
  const content = randomBytes(100_000);
  let proxy: StoreProxy;
  let through: ObjectStore;
  beforeAll(async () => {
    proxy = await startStoreProxy(endpoint);
    const credentials = { accessKey, secretKey };
    through = connectS3({ endpoint: proxy.endpoint, bucket: await createBucket('bits'), credentials });
  });
  afterAll(async () => {
    through.close();
    await proxy.close();
  });

  /** The first body does not arrive as it was sent. */
  function corruptOnce(): void {
    const before = proxy.faults.length;
    proxy.fault = ({ method }) =>
      method === 'PUT' && proxy.faults.length === before ? { kind: 'corrupt', done: false } : undefined;
    proxy.seen.length = 0;
    proxy.done.length = 0;
  }
  const puts = (requests: readonly string[]): number =>
    requests.filter((request) => request.startsWith('PUT')).length;

  test('is seen by MD5: the object is sent again', async () => {
    corruptOnce();
    await through.put('object', content);
    expect([puts(proxy.seen), puts(proxy.done)]).toEqual([2, 1]);
    expect((await through.get('object'))!.equals(content)).toBe(true);
  });

  test.each([
    ['MD5', async () => ({ uploadId: await through.createUpload('parts') })],
    ['CRC32', () => through.createGaplessUpload('parts')],
  ])('is seen by %s: the part is sent again', async (_, open) => {
    const { uploadId, checksum } = { checksum: undefined, ...(await open()) };
    corruptOnce();
    const part = await through.uploadPart('parts', uploadId, 1, content, checksum);
    expect([puts(proxy.seen), puts(proxy.done)]).toEqual([2, 1]);
    await through.completeUpload('parts', uploadId, [part]);
    expect((await through.get('parts'))!.equals(content)).toBe(true);
  });
});

const OPENED = '<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>';
const refusal = (code: string): string => `<Error><Code>${code}</Code><Message>no</Message></Error>`;

test.each([
  ['passes over them', undefined],
  ['does not implement them', { status: 501, code: 'NotImplemented' }],
  ['takes them for a mistake', { status: 400, code: 'InvalidArgument' }],
])('a store that knows no checksums and %s: parts carry their MD5', async (_, refused) => {
  const seen: string[] = [];
  await withServer(
    ({ method, headers }, response) => {
      const asked = ['x-amz-checksum-algorithm', 'x-amz-checksum-crc32', 'content-md5'];
      seen.push([method, ...asked.filter((name) => headers[name] !== undefined)].join(' '));
      if (refused !== undefined && headers['x-amz-checksum-algorithm'] !== undefined)
        response.writeHead(refused.status).end(refusal(refused.code));
      else if (method === 'POST') response.end(OPENED);
      else response.writeHead(200, { etag: '"e1"' }).end();
    },
    async (endpoint) => {
      const store = connectS3({ endpoint, bucket: 'abc' });
      const upload = await store.createGaplessUpload('k');
      expect(upload).toEqual({ uploadId: 'u1' });
      const part = await store.uploadPart('k', upload.uploadId, 1, Buffer.from('x'), upload.checksum);
      expect(part).toEqual({ number: 1, etag: '"e1"', bytes: 1 });
      store.close();
    },
  );
  const asked = 'POST x-amz-checksum-algorithm';
  expect(seen).toEqual([...(refused === undefined ? [asked] : [asked, 'POST']), 'PUT content-md5']);
});
