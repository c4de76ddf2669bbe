import type { Asset, Transfer, TransferLimits, Transformation } from '../../workflows/contract.ts';
import type { TransferIdentity } from '../../workflows/contract/identity.ts';
import { canonicalAction } from './actions.ts';
import { parseSize } from './checks/size.ts';
import { parseEndpoint } from './checks/endpoint.ts';
import { canonicalDataType } from './data-types.ts';
import { isPlainOption } from './plain-options.ts';
import { formatOptions } from './format-options.ts';
import { withEncryption } from './parquet-encryption.ts';
import { secretReferences } from './schema/secrets.ts';
import { SecretReferences } from './secret-reference.ts';
import { storeOf } from './store.ts';
import type { BatchTransferSpec } from './schema/batch-transfer.ts';
import type { Side } from './schema/side.ts';

type GivenTransformation = NonNullable<BatchTransferSpec['transformation']>[number];

/**
 * One spelling, no credentials. For specs that have passed validation, have their defaults and ask for nothing
 * unsupported; throws for others, which is our bug.
 */
export function normalise(identity: TransferIdentity, spec: BatchTransferSpec): Transfer {
  const references = new SecretReferences(identity, spec);
  return {
    ...identity,
    source: asset(references, 'source', spec.source),
    destination: asset(references, 'destination', spec.destination),
    transformations: (spec.transformation ?? []).map((given, index) =>
      transformation(references, given, index),
    ),
    writeOperation: spec.writeOperation,
    readDataType: known(canonicalDataType(spec.readDataType)),
    writeDataType: known(canonicalDataType(spec.writeDataType)),
    maxFailedRetries: spec.maxFailedRetries,
    ...(spec.verify === undefined ? {} : { verify: spec.verify }),
    ...(spec.receipt === undefined ? {} : { receiptPrefix: spec.receipt.prefix }),
    ...(spec.keepGenerations === undefined ? {} : { keepGenerations: spec.keepGenerations }),
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

function asset(references: SecretReferences, sideName: 'source' | 'destination', side: Side): Asset {
  const store = known(storeOf(side));
  if (store.type !== 's3') throw new Error(`no asset for the store ${store.type}`);
  const { spelling, block } = store;
  const endpoint = parseEndpoint(block.endpoint);
  if ('problem' in endpoint) throw new Error(endpoint.problem);
  const objectKey = known(block.objectKey ?? side.dataAsset);
  const path = ['spec', sideName, spelling];
  const options = withEncryption(formatOptions(sideName, block, objectKey), block, path, references);
  const inline = [block.accessKey, block.access_key, block.secretKey, block.secret_key].some(Boolean);
  const secret = references.to(path, block, inline);
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
    ...(secret === undefined ? {} : { secret }),
  };
}

/** Options that may be secret stay in the resource, or where it refers to; what else there is goes with the transfer. */
function transformation(
  references: SecretReferences,
  { name, action, columns = [], options = {} }: GivenTransformation,
  index: number,
): Transformation {
  const given = Object.keys(options).filter((option) => !Object.hasOwn(secretReferences.shape, option));
  const secretOptions = given.filter((option) => !isPlainOption(option));
  const path = ['spec', 'transformation', String(index), 'options'];
  const secret = references.pinned(path, secretReferences.parse(options), secretOptions.length > 0);
  return {
    ...(name === undefined ? {} : { name }),
    action: known(canonicalAction(action)),
    columns,
    options: Object.fromEntries(given.filter(isPlainOption).map((option) => [option, options[option]])),
    ...(secretOptions.length === 0 ? {} : { secretOptions }),
    ...(secret === undefined ? {} : { secret }),
  };
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('not a validated spec');
  return value;
}
