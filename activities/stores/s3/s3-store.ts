import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import pRetry from 'p-retry';
import { TransferError } from '../../failures.ts';
import type { ObjectInfo, ObjectStore, PendingUpload, UploadedPart } from '../object-store.ts';
import { bodyBytes, contentMd5, hold, openBody } from './body.ts';
import { createClient, type S3Connection } from './client.ts';
import { isTransient, storeError } from './errors.ts';
import { rangeReader } from './read.ts';

/** S3 deletes at most this many keys a request. */
const DELETE_BATCH = 1_000;

/**
 * An S3-compatible bucket. Keeps to what AWS, IBM COS, MinIO and versitygw have in common: Content-MD5 on every body
 * (with other checksums AWS demands part numbers without gaps), no GetObjectAttributes, no trailing checksums.
 */
export function connectS3(connection: S3Connection): ObjectStore {
  const client = createClient(connection);
  const { bucket: Bucket, endpoint } = connection;
  const location = (key: string): string => `s3://${Bucket}/${key}`;
  const attempt = async <T>(doing: string, request: () => Promise<T>): Promise<T> => {
    try {
      return await request();
    } catch (error) {
      throw storeError(error, doing, endpoint);
    }
  };
  /** For bodies that are streams: the client library cannot rewind them, so the request is made anew. */
  const retried = async <T>(doing: string, request: () => Promise<T>): Promise<T> =>
    pRetry(() => attempt(doing, request), {
      retries: 3,
      minTimeout: 300,
      randomize: true,
      shouldRetry: ({ error }) => isTransient(error),
    });

  /** Says why a HEAD was answered by a bare 404: unlike it, a listing is answered with a reason. */
  const requireBucket = (): Promise<unknown> =>
    attempt(`looking into bucket ${Bucket}`, () =>
      client.send(new ListObjectsV2Command({ Bucket, MaxKeys: 1 })),
    ).catch((error: unknown) => {
      if (error instanceof TransferError && error.code === 'BucketNotFound')
        throw new TransferError('BucketNotFound', `bucket ${Bucket} at ${endpoint} does not exist`);
      throw error;
    });

  return {
    endpoint,
    bucket: Bucket,
    location,

    async head(key): Promise<ObjectInfo | undefined> {
      try {
        const answer = await attempt(`looking at ${location(key)}`, () =>
          client.send(new HeadObjectCommand({ Bucket, Key: key })),
        );
        return {
          key,
          size: answer.ContentLength ?? 0,
          etag: answer.ETag ?? '',
          metadata: answer.Metadata ?? {},
        };
      } catch (error) {
        if (!(error instanceof TransferError) || error.code !== 'ObjectNotFound') throw error;
        await requireBucket();
        return undefined;
      }
    },

    open: (object) =>
      rangeReader({ client, endpoint, bucket: Bucket, location: location(object.key), ...object }),

    async get(key) {
      try {
        return await retried(`reading ${location(key)}`, async () => {
          const answer = await client.send(new GetObjectCommand({ Bucket, Key: key }));
          return Buffer.from(await answer.Body!.transformToByteArray());
        });
      } catch (error) {
        if (error instanceof TransferError && error.code === 'ObjectNotFound') return undefined;
        throw error;
      }
    },

    async put(key, given, metadata = {}) {
      const body = await hold(given);
      const ContentMD5 = await contentMd5(body);
      const answer = await retried(`writing ${location(key)}`, () =>
        client.send(
          new PutObjectCommand({
            Bucket,
            Key: key,
            Body: openBody(body),
            ContentLength: bodyBytes(body),
            ContentMD5,
            Metadata: metadata,
          }),
        ),
      );
      return { etag: answer.ETag ?? '' };
    },

    async createUpload(key, metadata) {
      const answer = await attempt(`opening an upload to ${location(key)}`, () =>
        client.send(
          new CreateMultipartUploadCommand({
            Bucket,
            Key: key,
            Metadata: metadata,
          }),
        ),
      );
      return answer.UploadId!;
    },

    async uploadPart(key, uploadId, number, given): Promise<UploadedPart> {
      const body = await hold(given);
      const ContentMD5 = await contentMd5(body);
      const answer = await retried(`writing part ${number} of ${location(key)}`, () =>
        client.send(
          new UploadPartCommand({
            Bucket,
            Key: key,
            UploadId: uploadId,
            PartNumber: number,
            Body: openBody(body),
            ContentLength: bodyBytes(body),
            ContentMD5,
          }),
        ),
      );
      return { number, etag: answer.ETag ?? '', bytes: bodyBytes(body) };
    },

    async completeUpload(key, uploadId, parts) {
      const answer = await attempt(`completing ${location(key)}`, () =>
        client.send(
          new CompleteMultipartUploadCommand({
            Bucket,
            Key: key,
            UploadId: uploadId,
            MultipartUpload: {
              Parts: parts.map((part) => ({
                PartNumber: part.number,
                ETag: part.etag,
              })),
            },
          }),
        ),
      );
      return { etag: answer.ETag ?? '' };
    },

    async abortUpload(key, uploadId) {
      try {
        await attempt(`aborting an upload to ${location(key)}`, () =>
          client.send(new AbortMultipartUploadCommand({ Bucket, Key: key, UploadId: uploadId })),
        );
      } catch (error) {
        const gone = ['UploadLost', 'ObjectNotFound', 'BucketNotFound'];
        if (!(error instanceof TransferError) || !gone.includes(error.code)) throw error;
      }
    },

    async emptyUploads(key) {
      const doing = `listing uploads to ${location(key)}`;
      const listed = await attempt(doing, () =>
        client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: key })),
      );
      const empty: PendingUpload[] = [];
      for (const upload of listed.Uploads ?? []) {
        if (upload.Key !== key || upload.UploadId === undefined) continue;
        const uploadId = upload.UploadId;
        const parts = await attempt(doing, () =>
          client.send(new ListPartsCommand({ Bucket, Key: key, UploadId: uploadId, MaxParts: 1 })),
        ).catch((error: unknown) => {
          if (error instanceof TransferError && error.code === 'UploadLost') return undefined;
          throw error;
        });
        if (parts !== undefined && (parts.Parts ?? []).length === 0)
          empty.push({ uploadId, initiated: upload.Initiated ?? new Date(0) });
      }
      return empty;
    },

    async *list(prefix) {
      try {
        for await (const page of paginateListObjectsV2({ client }, { Bucket, Prefix: prefix }))
          for (const object of page.Contents ?? []) if (object.Key !== undefined) yield object.Key;
      } catch (error) {
        throw storeError(error, `listing ${location(prefix)}`, endpoint);
      }
    },

    async delete(keys) {
      for (let from = 0; from < keys.length; from += DELETE_BATCH) {
        const Objects = keys.slice(from, from + DELETE_BATCH).map((Key) => ({ Key }));
        const answer = await attempt(`deleting ${location(keys[from]!)}`, () =>
          client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } })),
        );
        const refused = (answer.Errors ?? []).find((error) => error.Code !== 'NoSuchKey');
        if (refused !== undefined)
          throw storeError(
            Object.assign(new Error('refused'), { name: refused.Code ?? 'Error', $metadata: {} }),
            `deleting ${location(refused.Key ?? '')}`,
            endpoint,
          );
      }
    },

    close: () => client.destroy(),
  };
}
