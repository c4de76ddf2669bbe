import type { Transfer } from '../../workflows/contract.ts';
import type { ParquetEncryption } from '../../workflows/contract/formats.ts';
import { TransferError } from '../failures.ts';
import { listColumns } from '../transforms/columns.ts';
import type { TransformColumn } from '../transforms/transform.ts';
import { targetPrefix } from './target.ts';

const PARQUET = 'parquet';

const encryptionOf = (
  transfer: Pick<Transfer, 'source' | 'destination'>,
  side: 'source' | 'destination',
): ParquetEncryption | undefined => transfer[side].options?.parquet?.encryption;

/** Keys that would have no effect: what was meant to be encrypted would not be. */
export function refuseUnusedKeys(
  transfer: Pick<Transfer, 'source' | 'destination'>,
  side: 'source' | 'destination',
  format: string,
): void {
  if (encryptionOf(transfer, side) === undefined || format === PARQUET) return;
  throw new TransferError(
    'InvalidOption',
    `spec.${side}.s3.parquet.encryption: the data is ${format}, which these keys do not protect; use Parquet, or remove them`,
  );
}

/** Modules of an encrypted file hold their place in it, so that chunks cannot be joined: it is one object of one chunk. */
export function refuseSeveralObjects({ destination }: Pick<Transfer, 'source' | 'destination'>): void {
  if (destination.options?.parquet?.encryption === undefined || targetPrefix(destination) === undefined)
    return;
  throw new TransferError(
    'InvalidOption',
    'spec.destination.s3.parquet.encryption: encrypted Parquet is written as one object; remove partitionBy and maxObjectSize, and give an objectKey that does not end with /',
  );
}

/** A column whose key names nothing would not have that key. */
export function refuseKeysOfNothing(
  { destination }: Pick<Transfer, 'source' | 'destination'>,
  columns: readonly TransformColumn[],
): void {
  const keys = destination.options?.parquet?.encryption?.columnKeys ?? [];
  for (const [index, key] of keys.entries())
    for (const name of key.columns)
      if (!columns.some((column) => name === column.name || name.startsWith(`${column.name}.`)))
        throw new TransferError(
          'UnknownColumn',
          `spec.destination.s3.parquet.encryption.columnKeys[${index}].columns: column "${name}" is not in the result. Columns: ${listColumns(columns)}`,
        );
}
