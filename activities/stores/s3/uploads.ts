import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  UploadPartCommand,
  type CreateMultipartUploadCommandInput,
  type CreateMultipartUploadCommandOutput,
  type ListMultipartUploadsCommandInput,
  type ListMultipartUploadsCommandOutput,
} from '@aws-sdk/client-s3';
import { TransferError, type FailureCode } from '../../failures.ts';
import type { ObjectStore, PendingUpload, UploadedPart, UploadOptions } from '../object-store.ts';
import { bodyBytes, hold, withBody } from './body.ts';
import { contentCrc32, contentMd5 } from './checksums.ts';
import { conditionally } from './conditions.ts';
import { etagOfParts, sameEtag } from './etags.ts';
import { head } from './head.ts';
import { described } from './headers.ts';
import type { KeyCheck } from './keys.ts';
import type { Requests } from './requests.ts';

type UploadMethods = Pick<
  ObjectStore,
  'createUpload' | 'createGaplessUpload' | 'uploadPart' | 'completeUpload' | 'abortUpload' | 'emptyUploads'
>;

export function uploadMethods(requests: Requests, checkKey: KeyCheck): UploadMethods {
  const { client, meter, bucket: Bucket, location } = requests;
  const create = async (
    key: string,
    options: UploadOptions,
    checks: Pick<CreateMultipartUploadCommandInput, 'ChecksumAlgorithm'> = {},
  ): Promise<CreateMultipartUploadCommandOutput> => {
    await checkKey(key);
    return requests.run(`opening an upload to ${location(key)}`, () =>
      client.send(new CreateMultipartUploadCommand({ Bucket, Key: key, ...described(options), ...checks })),
    );
  };
  return {
    createUpload: async (key, options = {}) => (await create(key, options)).UploadId!,

    async createGaplessUpload(key, options = {}) {
      const { UploadId, ChecksumAlgorithm } = await create(key, options, {
        ChecksumAlgorithm: 'CRC32',
      }).catch(async (error: unknown) => {
        // A store that refuses what it does not know; others pass over it, and do not repeat it in their answer.
        if (error instanceof TransferError && REFUSED.has(error.code)) return create(key, options);
        throw error;
      });
      return { uploadId: UploadId!, ...(ChecksumAlgorithm === 'CRC32' ? { checksum: 'CRC32' } : {}) };
    },

    async uploadPart(key, uploadId, number, given, checksum): Promise<UploadedPart> {
      const body = await hold(given);
      const crc32 = checksum === undefined ? undefined : await contentCrc32(body);
      const check = crc32 === undefined ? { ContentMD5: await contentMd5(body) } : { ChecksumCRC32: crc32 };
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
              ...check,
            }),
          ),
        ),
      );
      const part = { number, etag: answer.ETag ?? '', bytes };
      return crc32 === undefined ? part : { ...part, crc32 };
    },

    async completeUpload(key, uploadId, parts, condition = {}) {
      const Parts = parts.map(({ number, etag, crc32 }) => ({
        PartNumber: number,
        ETag: etag,
        ...(crc32 === undefined ? {} : { ChecksumCRC32: crc32 }),
      }));
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

const REFUSED: ReadonlySet<FailureCode> = new Set(['Unsupported', 'InvalidOption']);

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
