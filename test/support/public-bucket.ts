import { PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';

interface Owner {
  endpoint: string;
  accessKey: string;
  secretKey: string;
}

/** Lets everybody list a bucket, and do with its objects what these actions say, e.g. `s3:GetObject`. */
export async function allowEverybody(
  { endpoint, accessKey, secretKey }: Owner,
  bucket: string,
  actions: string[],
): Promise<void> {
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
