import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  UploadPartCommand,
  type ListMultipartUploadsCommandInput,
  type ListMultipartUploadsCommandOutput,
} from '@aws-sdk/client-s3';
import { TransferError, type FailureCode } from '../../failures.ts';
import type { ObjectStore, PendingUpload, UploadedPart } from '../object-store.ts';
import { bodyBytes, contentMd5, hold, withBody } from './body.ts';
import { conditionally } from './conditions.ts';
import { etagOfParts, sameEtag } from './etags.ts';
import { head } from './head.ts';
import { described } from './headers.ts';
import type { KeyCheck } from './keys.ts';
import type { Requests } from './requests.ts';

type UploadMethods = Pick<
  ObjectStore,
  'createUpload' | 'uploadPart' | 'completeUpload' | 'abortUpload' | 'emptyUploads'
>;

export function uploadMethods(requests: Requests, checkKey: KeyCheck): UploadMethods {
  const { client, meter, bucket: Bucket, location } = requests;
  return {
    async createUpload(key, options = {}) {
      await checkKey(key);
      const answer = await requests.run(`opening an upload to ${location(key)}`, () =>
        client.send(new CreateMultipartUploadCommand({ Bucket, Key: key, ...described(options) })),
      );
      return answer.UploadId!;
    },

    async uploadPart(key, uploadId, number, given): Promise<UploadedPart> {
      const body = await hold(given);
      const ContentMD5 = await contentMd5(body);
      const bytes = bodyBytes(body);
      const answer = await requests.run(`writing part ${number} of ${location(key)}`, () =>
        withBody(body, meter, (Body) =>
          client.send(
            new UploadPartCommand({
              Bucket,
              Key: key,
              UploadId: uploadId,
              PartNumber: number,
              Body,
              ContentLength: bytes,
              ContentMD5,
            }),
          ),
        ),
      );
      return { number, etag: answer.ETag ?? '', bytes };
    },

    async completeUpload(key, uploadId, parts, condition = {}) {
      const Parts = parts.map((part) => ({ PartNumber: part.number, ETag: part.etag }));
      return conditionally(requests, key, condition, (headers) =>
        requests.run(
          `completing ${location(key)}`,
          async () => {
            const answer = await client.send(
              new CompleteMultipartUploadCommand({
                Bucket,
                Key: key,
                UploadId: uploadId,
                MultipartUpload: { Parts },
                ...headers,
              }),
            );
            return { etag: answer.ETag ?? '' };
          },
          async () => {
            const present = await head(requests, key);
            return present !== undefined && sameEtag(present.etag, etagOfParts(parts))
              ? { etag: present.etag }
              : undefined;
          },
        ),
      );
    },

    async abortUpload(key, uploadId) {
      try {
        await requests.run(`aborting an upload to ${location(key)}`, () =>
          client.send(new AbortMultipartUploadCommand({ Bucket, Key: key, UploadId: uploadId })),
        );
      } catch (error) {
        if (!(error instanceof TransferError) || !GONE.has(error.code)) throw error;
      }
    },

    async emptyUploads(key) {
      const empty: PendingUpload[] = [];
      for await (const { uploadId, initiated } of uploadsTo(requests, key))
        if (await isEmpty(requests, key, uploadId)) empty.push({ uploadId, initiated });
      return empty;
    },
  };
}

/** Asked for by the whole key: MinIO does not list the uploads below a prefix. */
async function* uploadsTo(requests: Requests, key: string): AsyncGenerator<PendingUpload> {
  const { client, bucket: Bucket, location } = requests;
  let after: Pick<ListMultipartUploadsCommandInput, 'KeyMarker' | 'UploadIdMarker'> | undefined = {};
  while (after !== undefined) {
    const position: typeof after = after;
    const page: ListMultipartUploadsCommandOutput = await requests.run(
      `listing uploads to ${location(key)}`,
      () => client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: key, ...position })),
    );
    for (const { Key, UploadId: uploadId, Initiated: initiated = new Date(0) } of page.Uploads ?? []) {
      // Sorted by key: those of longer keys come later.
      if (Key !== key) return;
      if (uploadId !== undefined) yield { uploadId, initiated };
    }
    after =
      page.IsTruncated === true
        ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker }
        : undefined;
  }
}

const GONE: ReadonlySet<FailureCode> = new Set(['UploadLost', 'ObjectNotFound', 'BucketNotFound']);

/** False when it has ended meanwhile. */
async function isEmpty(requests: Requests, key: string, uploadId: string): Promise<boolean> {
  const { client, bucket: Bucket, location } = requests;
  try {
    const { Parts = [] } = await requests.run(`listing uploads to ${location(key)}`, () =>
      client.send(new ListPartsCommand({ Bucket, Key: key, UploadId: uploadId, MaxParts: 1 })),
    );
    return Parts.length === 0;
  } catch (error) {
    if (error instanceof TransferError && error.code === 'UploadLost') return false;
    throw error;
  }
}
