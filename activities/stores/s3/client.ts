import { lookup } from 'node:dns';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { getCACertificates } from 'node:tls';
import { S3Client } from '@aws-sdk/client-s3';
import { targetOf } from '../../../egress/hosts.ts';
import { guardedLookup } from '../../../egress/lookup.ts';
import type { EgressRules } from '../../../egress/rules.ts';
import { TransferError } from '../../failures.ts';
import type { StoreLimits } from './limits.ts';
import { serviceAt } from './service.ts';

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
  /** Where the bucket's name goes: into the path or before the host; absent = as the service at the endpoint wants it. */
  addressing?: 'path' | 'virtual';
  /** PEM; certificates that are trusted besides those of the system and of NODE_EXTRA_CA_CERTS. */
  caBundle?: string;
  /** What addresses the endpoint's name may have; absent = any. */
  egress?: EgressRules;
  /** All of them hold. */
  limits?: readonly StoreLimits[];
  /** Milliseconds without any byte on a connection until a request has failed; default 60,000. */
  idleTimeoutMs?: number;
}

const CONNECT_TIMEOUT_MS = 5_000;
const IDLE_TIMEOUT_MS = 60_000;
const MAX_SOCKETS = 32;

/** @throws TransferError InvalidOption */
export function createClient(connection: S3Connection): S3Client {
  const { endpoint, credentials, caBundle, egress, idleTimeoutMs = IDLE_TIMEOUT_MS } = connection;
  const service = serviceAt(endpoint);
  const checked = egress && guardedLookup(egress, targetOf(endpoint), true, lookupStore);
  const agent = { keepAlive: true, maxSockets: MAX_SOCKETS, lookup: checked ?? lookupStore };
  const ca = caBundle === undefined ? {} : { ca: [...getCACertificates('default'), caBundle] };
  const client = new S3Client({
    endpoint,
    region: connection.region ?? service.region ?? 'us-east-1',
    forcePathStyle: (connection.addressing ?? service.addressing) === 'path' || !canBeVirtual(connection),
    // The endpoint is the resource's, not the environment's.
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    // See requests.ts: a retry may have to look at what the request before it has done.
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: idleTimeoutMs,
      httpAgent: new HttpAgent(agent),
      httpsAgent: new HttpsAgent({ ...agent, ...ca }),
    },
    // Ranged reads carry no checksum of the range; If-Match and the length are checked instead.
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestChecksumCalculation: 'WHEN_REQUIRED',
    // The environment's own credentials must never answer for a tenant's.
    ...(credentials === undefined
      ? { credentials: { accessKeyId: 'anonymous', secretAccessKey: 'anonymous' }, signer: ANONYMOUS }
      : { credentials: { accessKeyId: credentials.accessKey, secretAccessKey: credentials.secretKey } }),
  });
  // A body that the store checks by a signed header need not be signed itself: its SHA-256, computed here and there, would
  // cost more than that check.
  client.middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { headers: Record<string, string> };
      if (CHECKS.some((name) => headers[name] !== undefined))
        headers['x-amz-content-sha256'] = 'UNSIGNED-PAYLOAD';
      return next(args);
    },
    { step: 'build', name: 'unsignedPayload' },
  );
  return client;
}

/** Headers of bodies that were computed before sending. */
const CHECKS = ['content-md5', 'x-amz-checksum-crc32'];

/** Leaves requests unsigned. */
const ANONYMOUS = { sign: async <T>(request: T): Promise<T> => request };

function canBeVirtual({ endpoint, addressing }: S3Connection): boolean {
  const host = new URL(endpoint).hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(host) === 0) return true;
  if (addressing === 'virtual')
    throw new TransferError(
      'InvalidOption',
      `addressing is "virtual", but the endpoint ${endpoint} has an IP address, before which no bucket's name can stand; use "path" or a host name`,
    );
  return false;
}

/** BUCKET.localhost is this machine (RFC 6761), though not every resolver knows. */
const lookupStore: LookupFunction = (host, options, callback) => {
  lookup(/\.localhost\.?$/i.test(host) ? 'localhost' : host, options, callback);
};
