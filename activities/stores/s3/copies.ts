import { CopyObjectCommand, UploadPartCopyCommand } from '@aws-sdk/client-s3';
import { TransferError } from '../../failures.ts';
import type { CopySource, ObjectStore, UploadedPart } from '../object-store.ts';
import { described } from './headers.ts';
import type { KeyCheck } from './keys.ts';
import type { Requests } from './requests.ts';

/** What S3 copies in one request. */
const MOST_BYTES = 5 * 1024 ** 3;

type CopyMethods = Pick<ObjectStore, 'copy' | 'uploadPartCopy'>;
type WriteMethods = Pick<ObjectStore, 'put' | 'createUpload' | 'completeUpload' | 'abortUpload'>;

/** Copies that the store makes itself: no byte passes through the worker. */
export function copyMethods(requests: Requests, checkKey: KeyCheck, writes: WriteMethods): CopyMethods {
  const { client, bucket: Bucket, location } = requests;
  const nameOf = (from: CopySource): string => `s3://${from.bucket ?? Bucket}/${from.key}`;
  const source = (from: CopySource): { CopySource: string; CopySourceIfMatch: string } => ({
    CopySource: [from.bucket ?? Bucket, ...from.key.split('/')].map(encodeURIComponent).join('/'),
    CopySourceIfMatch: from.etag,
  });
  const check = (from: CopySource, bytes: number): void => {
    if (bytes > MOST_BYTES)
      throw new TransferError(
        'Unsupported',
        `copying ${nameOf(from)}: ${bytes} bytes in one request; at most ${MOST_BYTES} are possible`,
      );
  };

  const uploadPartCopy: ObjectStore['uploadPartCopy'] = async (key, uploadId, number, from, range) => {
    const { start, end } = range ?? { start: 0, end: from.size };
    check(from, end - start);
    const answer = await requests.run(`copying ${nameOf(from)} to part ${number} of ${location(key)}`, () =>
      client.send(
        new UploadPartCopyCommand({
          Bucket,
          Key: key,
          UploadId: uploadId,
          PartNumber: number,
          ...source(from),
          CopySourceRange: range === undefined ? undefined : `bytes=${start}-${end - 1}`,
        }),
      ),
    );
    return { number, etag: answer.CopyPartResult?.ETag ?? '', bytes: end - start } satisfies UploadedPart;
  };

  const copy: ObjectStore['copy'] = async (from, key, options = {}) => {
    check(from, from.size);
    const { replaces, creates, ...headers } = options;
    if (replaces !== undefined || creates === true) {
      // Most stores ignore conditions of CopyObject. A version of no bytes is known without its store.
      if (from.size === 0) return writes.put(key, Buffer.alloc(0), options);
      const uploadId = await writes.createUpload(key, headers);
      try {
        const part = await uploadPartCopy(key, uploadId, 1, from);
        return await writes.completeUpload(key, uploadId, [part], { replaces, creates });
      } catch (error) {
        await writes.abortUpload(key, uploadId);
        throw error;
      }
    }
    await checkKey(key);
    const answer = await requests.run(`copying ${nameOf(from)} to ${location(key)}`, () =>
      client.send(
        new CopyObjectCommand({
          Bucket,
          Key: key,
          ...source(from),
          MetadataDirective: 'REPLACE',
          // Copying tags takes permissions of their own.
          TaggingDirective: 'REPLACE',
          ...described(options),
        }),
      ),
    );
    return { etag: answer.CopyObjectResult?.ETag ?? '' };
  };

  return { copy, uploadPartCopy };
}
