import { stat } from 'node:fs/promises';
import type { ObjectStore } from '../stores/object-store.ts';

/** Up to this size one request; beyond it a failed request would repeat too much. */
const ONE_REQUEST_BYTES = 64 * 1024 * 1024;
/** 10,000 parts of it are more than an object may hold. */
const PART_BYTES = 1024 * 1024 * 1024;

/** Publishes a local file as one object, atomically. */
export async function putFile(
  store: ObjectStore,
  key: string,
  file: string,
  metadata: Record<string, string>,
): Promise<{ etag: string; bytes: number }> {
  const { size: bytes } = await stat(file);
  if (bytes <= ONE_REQUEST_BYTES) {
    const { etag } = await store.put(key, { file, start: 0, end: bytes }, metadata);
    return { etag, bytes };
  }
  const uploadId = await store.createUpload(key, metadata);
  try {
    const parts = [];
    for (let start = 0; start < bytes; start += PART_BYTES)
      parts.push(
        await store.uploadPart(key, uploadId, parts.length + 1, {
          file,
          start,
          end: Math.min(bytes, start + PART_BYTES),
        }),
      );
    const { etag } = await store.completeUpload(key, uploadId, parts);
    return { etag, bytes };
  } catch (error) {
    await store.abortUpload(key, uploadId).catch(() => undefined);
    throw error;
  }
}
