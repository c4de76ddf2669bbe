import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { S3Client } from '@aws-sdk/client-s3';

/** Keys of one access; held in memory only. */
export interface S3Credentials {
  accessKey: string;
  secretKey: string;
}

export interface S3Connection {
  /** URL with scheme. */
  endpoint: string;
  region?: string;
  bucket: string;
  /** Absent = anonymous requests. */
  credentials?: S3Credentials;
}

const CONNECT_TIMEOUT_MS = 5_000;
/** Without any byte on the connection. */
const IDLE_TIMEOUT_MS = 60_000;
const MAX_SOCKETS = 32;

export function createClient(connection: S3Connection): S3Client {
  return new S3Client({
    endpoint: connection.endpoint,
    region: connection.region ?? 'us-east-1',
    forcePathStyle: true,
    // See requests.ts: a retry may have to look at what the request before it has done.
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: IDLE_TIMEOUT_MS,
      httpAgent: new HttpAgent({ keepAlive: true, maxSockets: MAX_SOCKETS }),
      httpsAgent: new HttpsAgent({ keepAlive: true, maxSockets: MAX_SOCKETS }),
    },
    // Ranged reads carry no checksum of the range; If-Match and the length are checked instead.
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestChecksumCalculation: 'WHEN_REQUIRED',
    // The environment's own credentials must never answer for a tenant's.
    ...(connection.credentials === undefined
      ? { credentials: { accessKeyId: 'anonymous', secretAccessKey: 'anonymous' }, signer: ANONYMOUS }
      : {
          credentials: {
            accessKeyId: connection.credentials.accessKey,
            secretAccessKey: connection.credentials.secretKey,
          },
        }),
  });
}

/** Leaves requests unsigned. */
const ANONYMOUS = { sign: async <T>(request: T): Promise<T> => request };
