import type { KeyObject } from 'node:crypto';
import type { EgressPolicy } from '../../egress/policy.ts';
import { storeProblems } from '../../egress/store-problems.ts';
import type { Transfer } from '../../workflows/contract.ts';
import type { EnginePool } from '../engine/pool.ts';
import { TransferError } from '../failures.ts';
import { fieldOf } from '../secrets/field.ts';
import { s3Credentials } from '../secrets/s3-credentials.ts';
import type { SecretResolver } from '../secrets/secrets.ts';
import type { ObjectStore } from '../stores/object-store.ts';
import type { S3Connection } from '../stores/s3/client.ts';
import { connectS3 } from '../stores/s3/s3-store.ts';
import type { EngineJob } from './jobs.ts';
import { limitsOf, type WorkerLimits } from './limits.ts';

/** What activities need from the worker that runs them. */
export interface BatchContext {
  pool: EnginePool<EngineJob>;
  secrets: SecretResolver;
  egress: EgressPolicy;
  /** What the worker is told of receipts; see worker/config.ts. */
  receipts: { prefix?: string; privateKey?: KeyObject };
  /** Milliseconds without any byte from a store until a request has failed; the store's default when absent. */
  storeTimeoutMs?: number;
  limits: WorkerLimits;
}

/**
 * Resolves the credentials; the result never leaves this process and its engine processes. Throws EgressDenied, and as
 * SecretResolver does.
 */
export async function connectionTo(
  context: BatchContext,
  transfer: Transfer,
  side: 'source' | 'destination',
): Promise<S3Connection> {
  const { endpoint, region, addressing, caCertificate, bucket, secret } = transfer[side];
  const egress = context.egress.rulesOf(transfer.namespace);
  for (const { field, message } of storeProblems(egress, { endpoint, bucket }))
    throw new TransferError('EgressDenied', `spec.${side}.${secret?.path[2] ?? 's3'}.${field}: ${message}`);
  const limits = limitsOf(transfer, context.limits);
  const credentials =
    secret === undefined
      ? undefined
      : s3Credentials(await context.secrets.resolve(secret), fieldOf(secret.path));
  return {
    endpoint,
    bucket,
    egress,
    ...(region === undefined ? {} : { region }),
    ...(addressing === undefined ? {} : { addressing }),
    ...(caCertificate === undefined ? {} : { caBundle: caCertificate }),
    ...(credentials === undefined ? {} : { credentials }),
    ...(context.storeTimeoutMs === undefined ? {} : { idleTimeoutMs: context.storeTimeoutMs }),
    ...(limits.length === 0 ? {} : { limits }),
  };
}

export async function withStore<T>(
  context: BatchContext,
  transfer: Transfer,
  side: 'source' | 'destination',
  work: (store: ObjectStore) => Promise<T>,
): Promise<T> {
  const store = connectS3(await connectionTo(context, transfer, side));
  try {
    return await work(store);
  } finally {
    store.close();
  }
}
