import { CopyObjectCommand, UploadPartCopyCommand } from '@aws-sdk/client-s3';
import { TransferError } from '../../failures.ts';
import type { CopySource, ObjectStore, UploadedPart } from '../object-store.ts';
import { conditionally } from './conditions.ts';
import { head } from './head.ts';
import { described } from './headers.ts';
import type { Requests } from './requests.ts';

/** What S3 copies in one request. */
const MOST_BYTES = 5 * 1024 ** 3;

/** Copies that the store makes itself: no byte passes through the worker. */
export function copyMethods(requests: Requests): Pick<ObjectStore, 'copy' | 'uploadPartCopy'> {
  const { client, bucket: Bucket, location } = requests;
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
  const nameOf = (from: CopySource): string => `s3://${from.bucket ?? Bucket}/${from.key}`;

  return {
    async copy(from, key, options = {}) {
      check(from, from.size);
      return conditionally(requests, key, options, (condition) =>
        requests.run(
          `copying ${nameOf(from)} to ${location(key)}`,
          async () => {
            const answer = await client.send(
              new CopyObjectCommand({
                Bucket,
                Key: key,
                ...source(from),
                MetadataDirective: 'REPLACE',
                ...described(options),
                ...condition,
              }),
            );
            return { etag: answer.CopyObjectResult?.ETag ?? '' };
          },
          async () => {
            const present = await head(requests, key);
            if (present?.size !== from.size || !sameMetadata(present.metadata, options.metadata ?? {}))
              return undefined;
            return { etag: present.etag };
          },
        ),
      );
    },

    async uploadPartCopy(key, uploadId, number, from, range): Promise<UploadedPart> {
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
      return { number, etag: answer.CopyPartResult?.ETag ?? '', bytes: end - start };
    },
  };
}

function sameMetadata(one: Record<string, string>, other: Record<string, string>): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}
