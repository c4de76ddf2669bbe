import type { S3Asset, Transformation, WriteReceiptInput } from '../../workflows/contract.ts';
import type { TransferIdentity } from '../../workflows/contract/identity.ts';
import type { TechnicalMetadata } from '../../workflows/contract/metadata.ts';
import type { Receipt, ReceiptAsset, ReceiptObject } from '../receipts/receipt.ts';
import { VERSIONS } from '../versions.ts';
import type { Plan } from './plan.ts';

/** Objects of each side that a receipt names; of the others it has the number. */
const MOST_OBJECTS = 1_000;

/** What a finished run proves. `written`: the objects in the order of publishing. */
export function receiptOf(
  { run, source, destination, published, publishedAt }: Omit<WriteReceiptInput, 'plan' | 'key'>,
  plan: Plan,
  written: readonly ReceiptObject[],
): Receipt {
  const { transfer, runId, startedAt } = run;
  const { statistics, checksums, objectCount } = published;
  const read = (plan.kind === 'tabular' ? plan.source : plan).objects.map(
    ({ key, etag, size }): ReceiptObject => ({ key, etag, bytes: size }),
  );
  return {
    receipt: 1,
    transfer: identityOf(transfer),
    runId,
    startedAt,
    publishedAt,
    verified: transfer.verify ?? 'chunks',
    counts: { ...statistics, rowsFiltered: statistics.rowsRead - statistics.rowsWritten },
    ...(checksums === undefined ? {} : { checksums }),
    source: assetOf(transfer.source, source, read, read.length),
    destination: assetOf(transfer.destination, destination, written, objectCount),
    transformations: transfer.transformations.map(withoutSecret),
    versions: { ...VERSIONS },
  };
}

function identityOf({
  kind,
  apiVersion,
  namespace,
  name,
  uid,
  generation,
}: TransferIdentity): TransferIdentity {
  return { kind, apiVersion, namespace, name, uid, generation };
}

function assetOf(
  { endpoint, bucket }: S3Asset,
  { format, columns, conversions }: TechnicalMetadata,
  objects: readonly ReceiptObject[],
  objectCount: number,
): ReceiptAsset {
  return {
    endpoint,
    bucket,
    format,
    columns: columns.map(({ name, type, nullable }) => ({ name, type, nullable })),
    ...(conversions === undefined ? {} : { conversions }),
    objectCount,
    objects: objects.slice(0, MOST_OBJECTS).map(({ key, etag, bytes }) => ({ key, etag, bytes })),
  };
}

function withoutSecret(transformation: Transformation): Omit<Transformation, 'secret'> {
  const { secret: _, ...rest } = transformation;
  return rest;
}
