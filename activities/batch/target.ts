import type { S3Asset, Transfer } from '../../workflows/contract.ts';
import { TransferError } from '../failures.ts';

/** Below which the result's objects lie, with a `/` at the end; undefined when the result is one object. */
export function targetPrefix(
  asset: Pick<S3Asset, 'objectKey' | 'partitionBy' | 'maxObjectSize'>,
): string | undefined {
  const { objectKey, partitionBy = [], maxObjectSize } = asset;
  if (objectKey.endsWith('/')) return objectKey;
  return partitionBy.length > 0 || maxObjectSize !== undefined ? `${objectKey}/` : undefined;
}

/** A copy into its own source would be part of the next copy. `found`: what the source's key names. */
export function refuseOverlap(
  { source, destination }: Transfer,
  found: { prefix: string; objects: readonly { key: string }[] },
): void {
  if (source.endpoint !== destination.endpoint || source.bucket !== destination.bucket) return;
  const target = targetPrefix(destination) ?? destination.objectKey;
  const { prefix, objects } = found;
  if (prefix === '' && objects[0]!.key === target)
    throw new TransferError(
      'InvalidOption',
      'spec.destination.s3.objectKey: source and destination are the same object; choose another key',
    );
  if (prefix !== '' && `${target}/`.startsWith(prefix))
    throw new TransferError(
      'InvalidOption',
      `spec.destination.s3.objectKey: ${JSON.stringify(target)} lies in the source ${JSON.stringify(prefix)}; choose another key`,
    );
}
