import { randomUUID } from 'node:crypto';
import { UploadPartCommand } from '@aws-sdk/client-s3';
import { TransferError } from '../../failures.ts';
import type { Requests } from './requests.ts';

/**
 * See ObjectStore.mayWrite. Sends an empty part for an upload that does not exist: a store looks at permissions first, and
 * there is nothing that the part could become. (A conditional PutObject would be an object on stores that ignore the
 * condition.)
 */
export async function mayWrite(requests: Requests, key: string): Promise<boolean> {
  const location = requests.location(key);
  const part = new UploadPartCommand({
    Bucket: requests.bucket,
    Key: key,
    UploadId: randomUUID(),
    PartNumber: 1,
    Body: Buffer.alloc(0),
    ContentLength: 0,
  });
  try {
    await requests.run(`asking whether ${location} may be written`, () => requests.client.send(part));
  } catch (error) {
    if (!(error instanceof TransferError)) throw error;
    if (error.code === 'UploadLost') return true;
    if (error.code === 'AccessDenied') return false;
    throw error;
  }
  throw new TransferError('Unsupported', `${location}: the store takes parts of uploads that do not exist`);
}
