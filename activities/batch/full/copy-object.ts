import type { Run } from '../../../workflows/contract.ts';
import type { CopySource, ObjectInfo, ObjectStore, UploadOptions } from '../../stores/object-store.ts';
import { mapSettled } from '../map-settled.ts';
import { recordOpening, recordUpload } from '../upload-records.ts';

/** What S3 copies in one request. */
const MOST_BYTES = 5 * 1024 ** 3;
const PART_BYTES = 1024 ** 3;
const PARALLEL_PARTS = 4;

/** For a copy that is like the object itself. */
export function optionsOf({ key: _key, size: _size, etag: _etag, ...options }: ObjectInfo): UploadOptions {
  return options;
}

/** The store copies an object of any size itself. SourceChanged when it is another by now. */
export async function copyObject(
  store: ObjectStore,
  run: Run,
  from: CopySource & { size: number },
  key: string,
  options: UploadOptions,
): Promise<{ etag: string }> {
  if (from.size <= MOST_BYTES) return store.copy(from, key, options);
  await recordOpening(store, run, [key]);
  const uploadId = await store.createUpload(key, options);
  await recordUpload(store, run, { key, uploadId });
  const numbers = Array.from({ length: Math.ceil(from.size / PART_BYTES) }, (_, index) => index + 1);
  const parts = await mapSettled(numbers, PARALLEL_PARTS, (number) => {
    const start = (number - 1) * PART_BYTES;
    return store.uploadPartCopy(key, uploadId, number, from, {
      start,
      end: Math.min(from.size, start + PART_BYTES),
    });
  });
  return store.completeUpload(key, uploadId, parts);
}
