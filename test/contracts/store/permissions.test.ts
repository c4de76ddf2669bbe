import { describe, expect, test } from '@jest/globals';
import { connectS3 } from '../../../activities/stores/s3/s3-store.ts';
import { allowEverybody } from '../../support/public-bucket.ts';
import { stores } from '../../support/stores.ts';

const ABSENT = 'a b/ä+%.csv';

describe.each(stores)('$name: may a key be written', (store) => {
  const { endpoint, accessKey, secretKey, createBucket, put, get, keys, uploads } = store;

  test.each([
    ['reading', ['s3:GetObject'], false],
    ['reading and writing', ['s3:GetObject', 's3:PutObject'], true],
  ])('who is allowed %s', async (_, actions, writes) => {
    const bucket = await createBucket('allowed');
    await put(bucket, 'there', 'as it was');
    await allowEverybody(store, bucket, actions);
    const anonymous = connectS3({ endpoint, bucket });
    expect(await anonymous.mayWrite('there')).toBe(writes);
    expect(await anonymous.mayWrite(ABSENT)).toBe(writes);
    anonymous.close();
    expect(await keys(bucket)).toEqual(['there']);
    expect(await uploads(bucket)).toEqual([]);
    expect(String(await get(bucket, 'there'))).toBe('as it was');
  });

  test('the owner may; unknown keys may not', async () => {
    const bucket = await createBucket('allowed');
    const owner = connectS3({ endpoint, bucket, credentials: { accessKey, secretKey } });
    expect(await owner.mayWrite(ABSENT)).toBe(true);
    owner.close();
    const stranger = connectS3({ endpoint, bucket, credentials: { accessKey: 'nobody', secretKey: 'x' } });
    expect(await stranger.mayWrite(ABSENT)).toBe(false);
    stranger.close();
    expect(await keys(bucket)).toEqual([]);
  });
});
