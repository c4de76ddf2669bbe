import { TransferError, type FailureCode } from '../../failures.ts';

interface ServiceError extends Error {
  $metadata?: { httpStatusCode?: number };
  $response?: { headers?: Record<string, string> };
  code?: string;
}

const UNREACHABLE: Record<string, string> = {
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

const BY_NAME: Record<string, FailureCode> = {
  NoSuchBucket: 'BucketNotFound',
  NoSuchKey: 'ObjectNotFound',
  NotFound: 'ObjectNotFound',
  NoSuchUpload: 'UploadLost',
  // versitygw's word for an unknown access key, with status 404.
  XAdminUserNotFound: 'AccessDenied',
  InvalidPart: 'UploadLost',
  RequestTimeout: 'StoreUnavailable',
  IncompleteBody: 'StoreUnavailable',
  BadDigest: 'StoreUnavailable',
  OperationAborted: 'StoreUnavailable',
  PreconditionFailed: 'SourceChanged',
  AccessDenied: 'AccessDenied',
  Forbidden: 'AccessDenied',
  InvalidAccessKeyId: 'AccessDenied',
  SignatureDoesNotMatch: 'AccessDenied',
  InvalidBucketName: 'InvalidOption',
  SlowDown: 'Throttled',
  ServiceUnavailable: 'Throttled',
  TooManyRequests: 'Throttled',
  RequestTimeTooSkewed: 'StoreUnavailable',
  NotImplemented: 'Unsupported',
};

const BY_STATUS: Record<number, FailureCode> = {
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

/** Parsing and certificate errors of node:tls; they do not pass by waiting. */
const TLS = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO)/;

const WORDS: Partial<Record<FailureCode, string>> = {
  BucketNotFound: 'the bucket does not exist',
  ObjectNotFound: 'the object does not exist',
  UploadLost: 'the upload does not exist any more',
  SourceChanged: 'the object has changed since it was planned',
  AccessDenied: 'access denied; check accessKey, secretKey and their permissions',
  Throttled: 'the store asks to slow down',
};

/**
 * Turns what the S3 client throws into an error of ours. The text is composed here: messages of the client
 * may repeat request data.
 */
export function storeError(error: unknown, doing: string, endpoint: string): TransferError {
  if (error instanceof TransferError) return error;
  if (!(error instanceof Error)) return new TransferError('Internal', `${doing}: unknown error`);
  const service = error as ServiceError;
  const reason = UNREACHABLE[service.code ?? ''] ?? UNREACHABLE[service.name];
  if (reason !== undefined && service.$metadata?.httpStatusCode === undefined)
    return new TransferError('StoreUnavailable', `${doing}: cannot reach ${endpoint}: ${reason}`);
  if (TLS.test(service.code ?? ''))
    return new TransferError(
      'InvalidEndpoint',
      `${doing}: no TLS connection to ${endpoint}: ${service.code}`,
    );
  const status = service.$metadata?.httpStatusCode;
  const code = BY_NAME[service.name] ?? (status === undefined ? undefined : BY_STATUS[status]);
  const answer = [service.name, status].filter((part) => part !== undefined).join(' ');
  if (code !== undefined) {
    const seconds = Number(service.$response?.headers?.['retry-after']);
    return new TransferError(code, `${doing}: ${WORDS[code] ?? 'refused'} (${answer})`, {
      ...(seconds > 0 ? { retryAfterMs: Math.min(seconds, 300) * 1000 } : {}),
    });
  }
  if (status !== undefined && status >= 500)
    return new TransferError('StoreUnavailable', `${doing}: the store at ${endpoint} failed (${answer})`);
  if (status !== undefined && status >= 400)
    return new TransferError(
      'InvalidOption',
      `${doing}: the store at ${endpoint} refused the request (${answer})`,
    );
  // Not an answer of a store at all: a web page, a truncated or foreign body.
  return new TransferError('StoreUnavailable', `${doing}: no valid answer from ${endpoint} (${answer})`);
}

/** Whether the same request may succeed within seconds. */
export function isTransient(error: unknown): boolean {
  return error instanceof TransferError && (error.code === 'StoreUnavailable' || error.code === 'Throttled');
}
