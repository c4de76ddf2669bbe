import { randomBytes } from 'node:crypto';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import type { ServerEnvironment } from './server-environment.ts';

/** What tests ask of the S3 server of this environment. */
export function bucketsOf(environment: ServerEnvironment) {
  const endpoint = environment['DDC_S3_ENDPOINT']!;
  const accessKey = environment['DDC_S3_ACCESS_KEY']!;
  const secretKey = environment['DDC_S3_SECRET_KEY']!;
  const client = new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });

  /** A bucket that no other test uses. */
  async function createBucket(prefix: string, suffix = randomBytes(4).toString('hex')): Promise<string> {
    const Bucket = `${prefix}-${suffix}`;
    await client.send(new CreateBucketCommand({ Bucket }));
    return Bucket;
  }

  async function listBuckets(): Promise<string[]> {
    const answer = await client.send(new ListBucketsCommand({}));
    return (answer.Buckets ?? []).map((bucket) => bucket.Name!);
  }

  /** Lets everybody read and list, unsigned. */
  async function allowAnyone(Bucket: string): Promise<void> {
    const allow = (Action: string, Resource: string): object => ({
      Effect: 'Allow',
      Principal: '*',
      Action: [Action],
      Resource: [Resource],
    });
    const arn = `arn:aws:s3:::${Bucket}`;
    const Statement = [allow('s3:GetObject', `${arn}/*`), allow('s3:ListBucket', arn)];
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
    await client.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  }

  async function put(
    Bucket: string,
    Key: string,
    body: string | Buffer,
    more: Partial<PutObjectCommandInput> = {},
  ): Promise<void> {
    const ContentLength = Buffer.byteLength(body);
    await client.send(new PutObjectCommand({ Bucket, Key, Body: body, ContentLength, ...more }));
  }

  async function headersOf(Bucket: string, Key: string): Promise<HeadObjectCommandOutput> {
    return client.send(new HeadObjectCommand({ Bucket, Key }));
  }

  async function get(Bucket: string, Key: string): Promise<Buffer> {
    const answer = await client.send(new GetObjectCommand({ Bucket, Key }));
    return Buffer.from(await answer.Body!.transformToByteArray());
  }

  async function keys(Bucket: string): Promise<string[]> {
    const answer = await client.send(new ListObjectsV2Command({ Bucket }));
    return (answer.Contents ?? []).map((object) => object.Key!).sort();
  }

  async function uploads(Bucket: string): Promise<string[]> {
    const answer = await client.send(new ListMultipartUploadsCommand({ Bucket }));
    return (answer.Uploads ?? []).map((upload) => upload.Key!);
  }

  /** An S3 side of a spec, with inline credentials. */
  function s3Side(bucket: string, objectKey: string, more: Record<string, unknown> = {}): object {
    return { s3: { endpoint, bucket, objectKey, accessKey, secretKey, ...more } };
  }

  return {
    endpoint,
    accessKey,
    secretKey,
    createBucket,
    listBuckets,
    allowAnyone,
    put,
    get,
    headersOf,
    keys,
    uploads,
    s3Side,
  };
}
