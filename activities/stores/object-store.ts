import type { RangeReader } from '../formats/format.ts';

/** What a store says about one object. */
export interface ObjectInfo {
  key: string;
  /** Bytes. */
  size: number;
  etag: string;
  metadata: Record<string, string>;
}

/** Bytes in memory, or bytes [start, end) of a local file, which are streamed. */
export type Body = Buffer | { file: string; start: number; end: number };

/** What the store confirmed about a part, as needed to complete the upload. */
export interface UploadedPart {
  number: number;
  etag: string;
  bytes: number;
}

export interface PendingUpload {
  uploadId: string;
  initiated: Date;
}

/**
 * A bucket of an object store. Every method throws TransferErrors that name the object and are classified;
 * transient errors have been retried for some seconds before.
 */
export interface ObjectStore {
  readonly endpoint: string;
  readonly bucket: string;
  /** For messages, e.g. `s3://bucket/key`. */
  location(key: string): string;
  /** Undefined when there is no such object; throws when there is no such bucket. */
  head(key: string): Promise<ObjectInfo | undefined>;
  /** Reads of exactly this version of the object: SourceChanged when it is not there any more. */
  open(object: Pick<ObjectInfo, 'key' | 'size' | 'etag'>): RangeReader;
  /** A small object as a whole; undefined when there is none. */
  get(key: string): Promise<Buffer | undefined>;
  put(key: string, body: Body, metadata?: Record<string, string>): Promise<{ etag: string }>;
  createUpload(key: string, metadata: Record<string, string>): Promise<string>;
  uploadPart(key: string, uploadId: string, number: number, body: Body): Promise<UploadedPart>;
  /** Makes the object visible. UploadLost when the upload does not exist (any more). */
  completeUpload(key: string, uploadId: string, parts: UploadedPart[]): Promise<{ etag: string }>;
  /** Idempotent. */
  abortUpload(key: string, uploadId: string): Promise<void>;
  /** Uploads on exactly this key that hold no part yet. */
  emptyUploads(key: string): Promise<PendingUpload[]>;
  /** Keys with this prefix, in order. */
  list(prefix: string): AsyncIterable<string>;
  /** Idempotent. */
  delete(keys: string[]): Promise<void>;
  close(): void;
}
