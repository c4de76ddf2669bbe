import { createHmac } from 'node:crypto';
import type { Run, S3Asset } from '../../workflows/contract.ts';
import type { ParquetEncryption } from '../../workflows/contract/formats.ts';
import type { FormatSecrets } from '../formats/format.ts';
import type { SecretResolver } from '../secrets/secrets.ts';
import type { S3Connection } from '../stores/s3/client.ts';
import type { TransformSecrets } from '../transforms/secrets.ts';

/** What a run must keep to itself besides its stores' credentials. In memory only. */
export interface RunSecrets extends TransformSecrets {
  source: FormatSecrets;
  destination: FormatSecrets;
}

/**
 * Resolves what transformations and formats must keep to themselves. Throws as SecretResolver does. The seed of random
 * values derives from the destination's secret key, so that every attempt has the same and nobody else knows it; without
 * credentials anybody could read what is written anyway.
 */
export async function runSecrets(
  resolver: SecretResolver,
  { runId, transfer }: Run,
  destination: S3Connection,
): Promise<RunSecrets> {
  const options = await Promise.all(
    transfer.transformations.map(async ({ secret }) =>
      secret === undefined ? {} : resolver.resolve(secret),
    ),
  );
  const seed = createHmac('sha256', destination.credentials?.secretKey ?? transfer.uid)
    .update(`ddc run seed ${runId}`)
    .digest('hex');
  return {
    options,
    seed,
    source: await formatSecrets(resolver, transfer.source),
    destination: await formatSecrets(resolver, transfer.destination),
  };
}

/** Of one side. Throws as SecretResolver does. */
export async function formatSecrets(resolver: SecretResolver, { options }: S3Asset): Promise<FormatSecrets> {
  const encryption = options?.parquet?.encryption;
  return encryption === undefined ? {} : { parquet: await parquetKeys(resolver, encryption) };
}

/** What is missing is told by the format, which knows what keys look like. */
async function parquetKeys(
  resolver: SecretResolver,
  { secret, columnKeys = [] }: ParquetEncryption,
): Promise<NonNullable<FormatSecrets['parquet']>> {
  const { footerKey, key: only } = await resolver.resolve(secret);
  return {
    // Where the secret is nothing but one key, e.g. one that Vault exports.
    footerKey: footerKey ?? only ?? '',
    columnKeys: await Promise.all(
      columnKeys.map(async ({ columns, keyId, secret: own }) => ({
        columns,
        key: (await resolver.resolve(own))['key'] ?? '',
        ...(keyId === undefined ? {} : { keyId }),
      })),
    ),
  };
}
