import type { Asset, Transfer, TransferLimits, Transformation } from '../../workflows/contract.ts';
import type { TransferIdentity } from '../../workflows/contract/identity.ts';
import type { SecretReference } from '../../workflows/contract/secret.ts';
import { canonicalAction } from './actions.ts';
import { parseSize } from './checks/size.ts';
import { parseEndpoint } from './checks/endpoint.ts';
import { canonicalDataType } from './data-types.ts';
import { isPlainOption } from './plain-options.ts';
import { formatOptions } from './format-options.ts';
import { withEncryption } from './parquet-encryption.ts';
import { storeOf } from './store.ts';
import type { BatchTransferSpec } from './schema/batch-transfer.ts';
import type { Side } from './schema/side.ts';

type GivenTransformation = NonNullable<BatchTransferSpec['transformation']>[number];

/**
 * One spelling, no credentials. For specs that have passed validation, have their defaults and ask for nothing
 * unsupported; throws for others, which is our bug.
 */
export function normalise(identity: TransferIdentity, spec: BatchTransferSpec): Transfer {
  return {
    ...identity,
    source: asset(identity, 'source', spec.source),
    destination: asset(identity, 'destination', spec.destination),
    transformations: (spec.transformation ?? []).map((given, index) =>
      transformation(identity, given, index),
    ),
    writeOperation: spec.writeOperation,
    readDataType: known(canonicalDataType(spec.readDataType)),
    writeDataType: known(canonicalDataType(spec.writeDataType)),
    maxFailedRetries: spec.maxFailedRetries,
    ...(spec.verify === undefined ? {} : { verify: spec.verify }),
    ...(spec.receipt === undefined ? {} : { receiptPrefix: spec.receipt.prefix }),
    ...(spec.limits === undefined ? {} : { limits: transferLimits(spec.limits) }),
  };
}

function transferLimits({
  bandwidth,
  requestsPerSecond,
}: NonNullable<BatchTransferSpec['limits']>): TransferLimits {
  return {
    ...(bandwidth === undefined ? {} : { bytesPerSecond: known(parseSize(bandwidth)) }),
    ...(requestsPerSecond === undefined ? {} : { requestsPerSecond }),
  };
}

function asset(identity: TransferIdentity, sideName: 'source' | 'destination', side: Side): Asset {
  const store = known(storeOf(side));
  if (store.type !== 's3') throw new Error(`no asset for the store ${store.type}`);
  const { spelling, block } = store;
  const endpoint = parseEndpoint(block.endpoint);
  if ('problem' in endpoint) throw new Error(endpoint.problem);
  const objectKey = known(block.objectKey ?? side.dataAsset);
  const options = withEncryption(formatOptions(sideName, block, objectKey), block, (path) => ({
    ...reference(identity, ['spec', sideName, spelling, 'parquet', 'encryption', ...path]),
    generation: identity.generation,
  }));
  const secret = [block.accessKey, block.access_key, block.secretKey, block.secret_key].some(Boolean);
  return {
    store: 's3',
    endpoint: endpoint.url,
    ...(block.region === undefined ? {} : { region: block.region }),
    ...(block.addressing === undefined ? {} : { addressing: block.addressing }),
    ...(block.caCertificate === undefined ? {} : { caCertificate: block.caCertificate }),
    bucket: block.bucket,
    objectKey,
    ...(block.dataFormat === undefined ? {} : { dataFormat: block.dataFormat.toLowerCase() }),
    ...(block.schema === undefined ? {} : { schema: block.schema }),
    ...(block.partitionBy === undefined ? {} : { partitionBy: block.partitionBy }),
    ...(block.dropPartitionColumns === undefined ? {} : { dropPartitionColumns: block.dropPartitionColumns }),
    ...(block.maxObjectSize === undefined ? {} : { maxObjectSize: known(parseSize(block.maxObjectSize)) }),
    ...(options === undefined ? {} : { options }),
    description: known(side.description),
    ...(secret
      ? {
          secret: reference(identity, ['spec', sideName, spelling]),
        }
      : {}),
  };
}

/** Options that may be secret stay in the resource; what else there is goes with the transfer. */
function transformation(
  identity: TransferIdentity,
  { name, action, columns = [], options = {} }: GivenTransformation,
  index: number,
): Transformation {
  const given = Object.entries(options);
  const secretOptions = given.flatMap(([option]) => (isPlainOption(option) ? [] : [option]));
  return {
    ...(name === undefined ? {} : { name }),
    action: known(canonicalAction(action)),
    columns,
    options: Object.fromEntries(given.filter(([option]) => isPlainOption(option))),
    ...(secretOptions.length === 0
      ? {}
      : {
          secretOptions,
          secret: {
            ...reference(identity, ['spec', 'transformation', String(index), 'options']),
            generation: identity.generation,
          },
        }),
  };
}

function reference(identity: TransferIdentity, path: string[]): SecretReference {
  return {
    kind: 'resource',
    apiVersion: identity.apiVersion,
    resourceKind: identity.kind,
    namespace: identity.namespace,
    name: identity.name,
    uid: identity.uid,
    path,
  };
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('not a validated spec');
  return value;
}
