import { randomUUID } from 'node:crypto';
import { DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { TransferError } from '../../failures.ts';
import type { Requests } from './requests.ts';

const MOST_BYTES = 1024;

/** Of one connection: whether keys with empty segments are held as they are. */
export type KeyCheck = (key: string) => Promise<void>;

/**
 * Refuses to write to keys at which a store would find, or overwrite, another object: some resolve `.` and `..`, or
 * take several slashes, or a leading one, for one or none.
 * @returns rejects with TransferError InvalidOption
 */
export function keyCheck(requests: Requests): KeyCheck {
  let keeps: Promise<boolean> | undefined;
  return async (key) => {
    const refuse = (reason: string): never => {
      throw new TransferError('InvalidOption', `writing ${requests.location(key)}: ${reason}`);
    };
    const bytes = Buffer.byteLength(key);
    if (bytes > MOST_BYTES) refuse(`the key has ${bytes} bytes; at most ${MOST_BYTES} are possible`);
    const segments = key.split('/');
    if (segments.some((segment) => segment === '.' || segment === '..'))
      refuse('the key has "." or ".." as a segment, which stores resolve; choose another one');
    if (!segments.slice(0, -1).includes('')) return;
    keeps ??= keepsSlashes(requests);
    if (!(await keeps))
      refuse(
        `the store takes several slashes, or a leading one, for others; use the key "${segments.filter(Boolean).join('/')}"`,
      );
  };
}

/** Puts an object at such a key, under a name that nobody has, and looks under which it is found. */
async function keepsSlashes(requests: Requests): Promise<boolean> {
  const { client, bucket: Bucket, location } = requests;
  const name = randomUUID();
  const Key = `/.ddc//${name}`;
  const doing = `trying ${location(Key)}`;
  try {
    await requests.run(doing, () => client.send(new PutObjectCommand({ Bucket, Key, Body: name })));
  } catch (error) {
    if (error instanceof TransferError && error.code === 'InvalidOption') return false;
    throw error;
  }
  try {
    const found = await requests.run(doing, () =>
      client.send(new ListObjectsV2Command({ Bucket, Prefix: Key })),
    );
    return found.Contents?.[0]?.Key === Key;
  } finally {
    await requests.run(doing, () => client.send(new DeleteObjectCommand({ Bucket, Key })));
  }
}
