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
  /** Base64; present when the upload's parts are checked by it. */
  crc32?: string;
}

/** By what the store checks each part of an upload; the default is MD5, which all stores know. */
type PartChecksum = 'CRC32';

export interface OpenedUpload {
  uploadId: string;
  /** To be given with each part. */
  checksum?: PartChecksum;
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
  /** Reads bytes of exactly this version into memory, from `start` on as many as fit; errors as in `open`. */
  fill(object: Pick<ObjectInfo, 'key' | 'size' | 'etag'>, start: number, target: Uint8Array): Promise<void>;
  /** A small object as a whole; undefined when there is none. */
  get(key: string): Promise<Buffer | undefined>;
  put(key: string, body: Body, options?: PutOptions): Promise<{ etag: string }>;
  createUpload(key: string, options?: UploadOptions): Promise<string>;
  /**
   * An upload whose parts will be numbered from 1 without gaps, and none copied by the store. Where the store can, they
   * are checked by CRC32, which costs a tenth of MD5.
   */
  createGaplessUpload(key: string, options?: UploadOptions): Promise<OpenedUpload>;
  uploadPart(
    key: string,
    uploadId: string,
    number: number,
    body: Body,
    checksum?: PartChecksum,
  ): Promise<UploadedPart>;
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
