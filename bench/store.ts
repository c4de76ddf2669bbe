import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { connectS3 } from '../activities/stores/s3/s3-store.ts';

export const BUCKET = 'bench';
const PIECE_BYTES = 1024 * 1024;
/** Of a multipart upload: 10,000 parts carry 640 GB. */
const PART_BYTES = 64 * 1024 * 1024;

/** How a server's addresses begin in the environment: `DDC_S3_ENDPOINT`, ... */
export type ServerPrefix = 'DDC_S3' | 'DDC_MINIO';

export interface Access {
  endpoint: string;
  accessKey: string;
  secretKey: string;
}

export function accessOf(environment: Record<string, string>, prefix: ServerPrefix = 'DDC_S3'): Access {
  return {
    endpoint: environment[`${prefix}_ENDPOINT`]!,
    accessKey: environment[`${prefix}_ACCESS_KEY`]!,
    secretKey: environment[`${prefix}_SECRET_KEY`]!,
  };
}

/** The bucket of the benchmark: what users of it would do, with nothing around it. */
export class BenchStore {
  readonly access: Access;
  readonly #client: S3Client;

  constructor(access: Access) {
    this.access = access;
    this.#client = new S3Client({
      endpoint: access.endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId: access.accessKey, secretAccessKey: access.secretKey },
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
  }

  async createBucket(): Promise<void> {
    await this.#client.send(new CreateBucketCommand({ Bucket: BUCKET }));
  }

  /** One request for the whole object, into a file. */
  async get(key: string, file: string): Promise<void> {
    const { Body } = await this.#client.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }));
    await pipeline(Body as Readable, createWriteStream(file, { highWaterMark: PIECE_BYTES }));
  }

  /** One request for the whole file. */
  async put(key: string, file: string): Promise<void> {
    const { size: ContentLength } = await stat(file);
    const Body = createReadStream(file, { highWaterMark: PIECE_BYTES });
    await this.#client.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body, ContentLength }));
  }

  async size(key: string): Promise<number> {
    const { ContentLength } = await this.#client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: key }));
    return ContentLength!;
  }

  async list(prefix: string): Promise<string[]> {
    const { Contents = [] } = await this.#client.send(
      new ListObjectsV2Command({ Bucket: BUCKET, Prefix: prefix }),
    );
    return Contents.map(({ Key }) => Key!);
  }

  /** SHA-256 of the content. */
  async digest(key: string): Promise<string> {
    const { Body } = await this.#client.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }));
    const hash = createHash('sha256');
    await pipeline(Body as Readable, hash);
    return hash.digest('hex');
  }

  async delete(key: string): Promise<void> {
    await this.#client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: key }));
  }

  /** Text that is nowhere as a whole: made while it is sent. */
  async stream(key: string, text: Iterable<string>): Promise<void> {
    const { endpoint, accessKey, secretKey } = this.access;
    const store = connectS3({ endpoint, bucket: BUCKET, credentials: { accessKey, secretKey } });
    const uploadId = await store.createUpload(key);
    const parts = [];
    for (const bytes of inParts(text))
      parts.push(await store.uploadPart(key, uploadId, parts.length + 1, bytes));
    await store.completeUpload(key, uploadId, parts);
    store.close();
  }

  close(): void {
    this.#client.destroy();
  }
}

function* inParts(text: Iterable<string>): Generator<Buffer> {
  let waiting: Buffer[] = [];
  let bytes = 0;
  for (const piece of text) {
    waiting.push(Buffer.from(piece));
    bytes += waiting.at(-1)!.length;
    if (bytes < PART_BYTES) continue;
    yield Buffer.concat(waiting);
    waiting = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(waiting);
}
