import { describe, expect, test } from '@jest/globals';
import { connectS3 } from '../../../activities/stores/s3/s3-store.ts';
import { accessKey, createBucket, endpoint, secretKey } from '../../support/s3.ts';
import { objectStoreContract } from './object-store.ts';

const credentials = { accessKey, secretKey };

objectStoreContract('s3', async () =>
  connectS3({ endpoint, bucket: await createBucket('store'), credentials }),
);

describe('s3 errors', () => {
  const failure = async (connection: Partial<Parameters<typeof connectS3>[0]>): Promise<unknown> => {
    const bucket = connection.bucket ?? (await createBucket('errors'));
    const store = connectS3({ endpoint, credentials, ...connection, bucket });
    const outcome = await store.put('k', Buffer.from('x')).catch((error: unknown) => error);
    store.close();
    return outcome;
  };

  test('a missing bucket is fatal', async () => {
    expect(await failure({ bucket: 'no-such-bucket' })).toMatchObject({
      code: 'BucketNotFound',
      class: 'fatal',
    });
    const store = connectS3({ endpoint, credentials, bucket: 'no-such-bucket' });
    await expect(store.head('k')).rejects.toMatchObject({ code: 'BucketNotFound' });
    store.close();
  });

  test('wrong credentials are fatal, and no key is in the text', async () => {
    const wrong = { accessKey: 'AKIACANARY', secretKey: 'canary-secret' };
    const error = (await failure({ credentials: wrong })) as Error;
    expect(error).toMatchObject({ code: 'AccessDenied', class: 'fatal' });
    expect(error.message).not.toMatch(/canary/i);
    expect(await failure({ credentials: { accessKey, secretKey: 'wrong' } })).toMatchObject({
      code: 'AccessDenied',
    });
  });

  test('an endpoint that does not answer may recover', async () => {
    const error = (await failure({ endpoint: 'http://127.0.0.1:1' })) as Error;
    expect(error).toMatchObject({ code: 'StoreUnavailable', class: 'retry' });
    expect(error.message).toContain('http://127.0.0.1:1: connection refused');
  });
});
