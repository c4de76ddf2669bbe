import type { RangeReader } from '../formats/format.ts';

/** HTTP headers that belong to an object; kept where an object is copied as it is. */
export interface ContentHeaders {
  contentType?: string;
  contentEncoding?: string;
  cacheControl?: string;
  contentDisposition?: string;
  contentLanguage?: string;
}

/** What a store says about one object. */
export interface ObjectInfo extends ContentHeaders {
  key: string;
  /** Bytes. */
  size: number;
  etag: string;
  metadata: Record<string, string>;
}

export interface ListedObject {
  key: string;
  /** Bytes. */
  size: number;
  etag: string;
}

/** One version of an object of any bucket at the same endpoint, to be copied by the store itself. */
export interface CopySource {
  /** Default: the store's own. */
  bucket?: string;
  key: string;
  etag: string;
}

/** What a write asks of the object that is at its key. Not kept by the store: DestinationChanged, nothing is written. */
export interface WriteCondition {
  /** ETag: only when the object is still this one. */
  replaces?: string;
  /** Only when there is none. */
  creates?: boolean;
}

export interface UploadOptions extends ContentHeaders {
  metadata?: Record<string, string>;
}

export interface PutOptions extends UploadOptions, WriteCondition {}

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
  put(key: string, body: Body, options?: PutOptions): Promise<{ etag: string }>;
  createUpload(key: string, options?: UploadOptions): Promise<string>;
  uploadPart(key: string, uploadId: string, number: number, body: Body): Promise<UploadedPart>;
  /** A part that the store copies itself; `range` in bytes [start, end), at most 5 GiB. SourceChanged as in `open`. */
  uploadPartCopy(
    key: string,
    uploadId: string,
    number: number,
    from: CopySource & { size: number },
    range?: { start: number; end: number },
  ): Promise<UploadedPart>;
  /**
   * Makes the object visible. UploadLost when the upload does not exist (any more); after DestinationChanged
   * it still does.
   */
  completeUpload(
    key: string,
    uploadId: string,
    parts: UploadedPart[],
    condition?: WriteCondition,
  ): Promise<{ etag: string }>;
  /** Idempotent. */
  abortUpload(key: string, uploadId: string): Promise<void>;
  /** Uploads on exactly this key that hold no part yet. */
  emptyUploads(key: string): Promise<PendingUpload[]>;
  /** The store copies an object of at most 5 GiB itself; it gets the given metadata and headers, not its own. */
  copy(from: CopySource & { size: number }, key: string, options?: PutOptions): Promise<{ etag: string }>;
  /** Objects whose keys have this prefix, in the order of the keys' UTF-8 bytes. */
  list(prefix: string): AsyncIterable<ListedObject>;
  /** Whether the credentials allow to write at this key; writes nothing. Fatal errors when the store does not tell. */
  mayWrite(key: string): Promise<boolean>;
  /** Idempotent. */
  delete(keys: string[]): Promise<void>;
  close(): void;
}
