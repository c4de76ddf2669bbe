import { createHmac, type KeyObject } from 'node:crypto';
import type { Run, S3Asset } from '../../workflows/contract.ts';
import type { EnginePool } from '../engine/pool.ts';
import { s3Credentials } from '../secrets/s3-credentials.ts';
import type { SecretResolver } from '../secrets/secrets.ts';
import type { ObjectStore } from '../stores/object-store.ts';
import type { S3Connection } from '../stores/s3/client.ts';
import { connectS3 } from '../stores/s3/s3-store.ts';
import type { TransformSecrets } from '../transforms/secrets.ts';
import type { EngineJob } from './jobs.ts';

/** What activities need from the worker that runs them. */
export interface BatchContext {
  pool: EnginePool<EngineJob>;
  secrets: SecretResolver;
  /** What the worker is told of receipts; see worker/config.ts. */
  receipts: { prefix?: string; privateKey?: KeyObject };
}

/** Resolves the credentials; the result never leaves this process and its engine processes. */
export async function connectionTo(context: BatchContext, asset: S3Asset): Promise<S3Connection> {
  const { endpoint, region, addressing, caCertificate, bucket, secret } = asset;
  const credentials =
    secret === undefined
      ? undefined
      : s3Credentials(await context.secrets.resolve(secret), `spec.${secret.path.slice(1).join('.')}`);
  return {
    endpoint,
    bucket,
    ...(region === undefined ? {} : { region }),
    ...(addressing === undefined ? {} : { addressing }),
    ...(caCertificate === undefined ? {} : { caBundle: caCertificate }),
    ...(credentials === undefined ? {} : { credentials }),
  };
}

/**
 * What a run's transformations must keep to themselves. Throws as SecretResolver does. The seed of random values
 * derives from the destination's secret key, so that every attempt has the same and nobody else knows it; without
 * credentials anybody could read what is written anyway.
 */
export async function transformSecrets(
  context: BatchContext,
  { runId, transfer }: Run,
  destination: S3Connection,
): Promise<TransformSecrets> {
  const options = await Promise.all(
    transfer.transformations.map(async ({ secret }) =>
      secret === undefined ? {} : context.secrets.resolve(secret),
    ),
  );
  const seed = createHmac('sha256', destination.credentials?.secretKey ?? transfer.uid)
    .update(`ddc run seed ${runId}`)
    .digest('hex');
  return { options, seed };
}

export async function withStore<T>(
  context: BatchContext,
  asset: S3Asset,
  work: (store: ObjectStore) => Promise<T>,
): Promise<T> {
  const store = connectS3(await connectionTo(context, asset));
  try {
    return await work(store);
  } finally {
    store.close();
  }
}
