import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import pLimit from 'p-limit';
import { TransferError } from '../../failures.ts';
import type { ObjectStore, PutOptions } from '../object-store.ts';
import { bodyBytes, hold, withBody } from './body.ts';
import { contentMd5 } from './checksums.ts';
import { conditionally } from './conditions.ts';
import { sameEtag } from './etags.ts';
import { head } from './head.ts';
import { described } from './headers.ts';
import type { KeyCheck } from './keys.ts';
import type { Requests } from './requests.ts';

const PARALLEL_DELETES = 16;

type ObjectMethods = Pick<ObjectStore, 'head' | 'get' | 'put' | 'list' | 'delete'>;

export function objectMethods(requests: Requests, checkKey: KeyCheck): ObjectMethods {
  const { client, meter, bucket: Bucket, location } = requests;
  return {
    head: (key) => head(requests, key),

    async get(key) {
      try {
        return await requests.run(`reading ${location(key)}`, async () => {
          const answer = await client.send(new GetObjectCommand({ Bucket, Key: key }));
          const pieces: Uint8Array[] = [];
          for await (const piece of answer.Body as unknown as AsyncIterable<Uint8Array>) {
            await meter.bytes(piece.length);
            pieces.push(piece);
          }
          return Buffer.concat(pieces);
        });
      } catch (error) {
        if (error instanceof TransferError && error.code === 'ObjectNotFound') return undefined;
        throw error;
      }
    },

    async put(key, given, options: PutOptions = {}) {
      await checkKey(key);
      const body = await hold(given);
      const ContentMD5 = await contentMd5(body);
      const bytes = bodyBytes(body);
      const md5 = Buffer.from(ContentMD5, 'base64').toString('hex');
      return conditionally(requests, key, options, (condition) =>
        requests.run(
          `writing ${location(key)}`,
          async () => {
            const answer = await withBody(body, meter, (Body) =>
              client.send(
                new PutObjectCommand({
                  Bucket,
                  Key: key,
                  Body,
                  ContentLength: bytes,
                  ContentMD5,
                  ...described(options),
                  ...condition,
                }),
              ),
            );
            return { etag: answer.ETag ?? '' };
          },
          async () => {
            const present = await head(requests, key);
            return present?.size === bytes && sameEtag(present.etag, md5)
              ? { etag: present.etag }
              : undefined;
          },
        ),
      );
    },

    async *list(prefix) {
      let token: string | undefined;
      do {
        const page = await requests.run(`listing ${location(prefix)}`, () =>
          client.send(
            new ListObjectsV2Command({
              Bucket,
              Prefix: prefix,
              ContinuationToken: token,
              // XML cannot hold every character that a key can.
              EncodingType: 'url',
            }),
          ),
        );
        for (const { Key, Size: size = 0, ETag: etag = '' } of page.Contents ?? [])
          if (Key !== undefined) yield { key: page.EncodingType === 'url' ? decoded(Key) : Key, size, etag };
        token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
      } while (token !== undefined);
    },

    async delete(keys) {
      await pLimit(PARALLEL_DELETES).map(keys, async (key) => {
        try {
          await requests.run(`deleting ${location(key)}`, () =>
            client.send(new DeleteObjectCommand({ Bucket, Key: key })),
          );
        } catch (error) {
          if (!(error instanceof TransferError) || error.code !== 'ObjectNotFound') throw error;
        }
      });
    },
  };
}

function decoded(key: string): string {
  return decodeURIComponent(key.replaceAll('+', ' '));
}
