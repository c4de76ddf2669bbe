import { randomUUID } from 'node:crypto';
import pLimit from 'p-limit';
import type { Run } from '../../../workflows/contract.ts';
import type { CopySource, ObjectStore, UploadOptions } from '../../stores/object-store.ts';
import { uploadKey } from '../staging.ts';

/** What S3 copies in one request. */
const MOST_BYTES = 5 * 1024 ** 3;
const PART_BYTES = 1024 ** 3;
const PARALLEL_PARTS = 4;

/** The store copies an object of any size itself. SourceChanged when it is another by now. */
export async function copyObject(
  store: ObjectStore,
  run: Run,
  from: CopySource & { size: number },
  key: string,
  options: UploadOptions,
): Promise<{ etag: string }> {
  if (from.size <= MOST_BYTES) return store.copy(from, key, options);
  const uploadId = await store.createUpload(key, options);
  // whoever cleans up after a kill finds it there
  await store.put(uploadKey(run, randomUUID()), Buffer.from(JSON.stringify({ key, uploadId })));
  const numbers = Array.from({ length: Math.ceil(from.size / PART_BYTES) }, (_, index) => index + 1);
  const parts = await pLimit(PARALLEL_PARTS).map(numbers, (number) => {
    const start = (number - 1) * PART_BYTES;
    return store.uploadPartCopy(key, uploadId, number, from, {
      start,
      end: Math.min(from.size, start + PART_BYTES),
    });
  });
  return store.completeUpload(key, uploadId, parts);
}
