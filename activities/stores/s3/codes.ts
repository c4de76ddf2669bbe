import type { FailureCode } from '../../failures.ts';

/** What the client library throws, and node underneath it. */
export interface ServiceError extends Error {
  $metadata?: { httpStatusCode?: number };
  $response?: { headers?: Record<string, string> };
  code?: string;
  /** Elements of the answer. */
  Region?: unknown;
  Endpoint?: unknown;
}

/** Of node:net and node:dns: nobody answered. */
export const UNREACHABLE: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EPIPE: 'connection reset',
  ENOTFOUND: 'host name not found',
  EAI_AGAIN: 'host name lookup failed',
  ETIMEDOUT: 'timed out',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  TimeoutError: 'timed out',
  RequestTimeout: 'timed out',
};

/** Names of S3 errors. */
export const BY_NAME: Record<string, FailureCode> = {
  NoSuchBucket: 'BucketNotFound',
  NoSuchKey: 'ObjectNotFound',
  NotFound: 'ObjectNotFound',
  NoSuchUpload: 'UploadLost',
  // versitygw's word for an unknown access key, with status 404.
  XAdminUserNotFound: 'AccessDenied',
  InvalidPart: 'UploadLost',
  RequestTimeout: 'StoreUnavailable',
  IncompleteBody: 'StoreUnavailable',
  // the body has changed on its way
  BadDigest: 'StoreUnavailable',
  XAmzContentSHA256Mismatch: 'StoreUnavailable',
  XAmzContentChecksumMismatch: 'StoreUnavailable',
  OperationAborted: 'StoreUnavailable',
  PreconditionFailed: 'SourceChanged',
  AccessDenied: 'AccessDenied',
  Forbidden: 'AccessDenied',
  InvalidAccessKeyId: 'AccessDenied',
  SignatureDoesNotMatch: 'AccessDenied',
  AuthorizationHeaderMalformed: 'AccessDenied',
  InvalidBucketName: 'InvalidOption',
  SlowDown: 'Throttled',
  ServiceUnavailable: 'Throttled',
  TooManyRequests: 'Throttled',
  RequestTimeTooSkewed: 'StoreUnavailable',
  NotImplemented: 'Unsupported',
};

/** HTTP statuses of answers whose names say nothing. */
export const BY_STATUS: Record<number, FailureCode> = {
  401: 'AccessDenied',
  403: 'AccessDenied',
  404: 'ObjectNotFound',
  408: 'StoreUnavailable',
  409: 'StoreUnavailable',
  412: 'SourceChanged',
  429: 'Throttled',
  501: 'Unsupported',
  503: 'Throttled',
};

/**
 * Names of errors about the key itself; not every store can hold every key. Those of 409 would else be taken for a
 * conflict that passes.
 */
export const KEY_REFUSALS: Record<string, string> = {
  KeyTooLongError: 'the key or one of its segments is too long for this store',
  XMinioInvalidObjectName: 'this store cannot hold an object of this name',
  XMinioInvalidResourceName: 'this store cannot hold an object of this name',
  DirectoryObjectContainsData: 'this store holds only empty objects at keys that end with a slash',
  ObjectParentIsFile: 'this store cannot hold an object below the key of another one',
  XMinioParentIsObject: 'this store cannot hold an object below the key of another one',
  ExistingObjectIsDirectory: 'this store cannot hold an object at a key that others are below',
  XMinioObjectExistsAsDirectory: 'this store cannot hold an object at a key that others are below',
};

/** What an answer means, for people. */
export const WORDS: Partial<Record<FailureCode, string>> = {
  BucketNotFound: 'the bucket does not exist',
  ObjectNotFound: 'the object does not exist',
  UploadLost: 'the upload does not exist any more',
  SourceChanged: 'the object has changed since it was planned',
  AccessDenied: 'access denied; check accessKey, secretKey and their permissions',
  Throttled: 'the store asks to slow down',
};
