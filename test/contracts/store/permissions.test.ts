import { describe, expect, test } from '@jest/globals';
import { PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import { connectS3 } from '../../../activities/stores/s3/s3-store.ts';
import { stores } from '../../support/stores.ts';

const ABSENT = 'a b/ä+%.csv';

describe.each(stores)('$name', ({ endpoint, accessKey, secretKey, createBucket, put, get, keys, uploads }) => {
  /** What everybody may do with the objects of a bucket. */
  async function allow(bucket: string, actions: string[]): Promise<void> {
    const client = new S3Client({
      endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
    });
    const grant = (Action: string[], path: string): object => ({
      Effect: 'Allow',
      Principal: '*',
      Action,
      Resource: [`arn:aws:s3:::${bucket}${path}`],
    });
    const Statement = [grant(actions, '/*'), grant(['s3:ListBucket'], '')];
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
    await client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
    client.destroy();
  }

  test.each([
    ['reading', ['s3:GetObject'], false],
    ['reading and writing', ['s3:GetObject', 's3:PutObject'], true],
  ])('who is allowed %s', async (_, actions, writes) => {
    const bucket = await createBucket('allowed');
    await put(bucket, 'there', 'as it was');
    await allow(bucket, actions);
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
