import type { S3Asset } from '../../workflows/contract.ts';

/** Below which the result's objects lie, with a `/` at the end; undefined when the result is one object. */
export function targetPrefix(
  asset: Pick<S3Asset, 'objectKey' | 'partitionBy' | 'maxObjectSize'>,
): string | undefined {
  const { objectKey, partitionBy = [], maxObjectSize } = asset;
  if (objectKey.endsWith('/')) return objectKey;
  return partitionBy.length > 0 || maxObjectSize !== undefined ? `${objectKey}/` : undefined;
}
