import type { FormatOptions, ParquetEncryption } from '../../workflows/contract/formats.ts';
import type { SecretReference } from '../../workflows/contract/secret.ts';
import type { S3Block } from './schema/side.ts';
import type { SecretReferences } from './secret-reference.ts';

/**
 * The options with what may be told of Parquet's encryption.
 * @param path of the store block
 */
export function withEncryption(
  options: FormatOptions | undefined,
  { parquet }: S3Block,
  path: string[],
  references: SecretReferences,
): FormatOptions | undefined {
  const given = parquet?.encryption;
  if (given === undefined) return options;
  const { footerKeyId, columnKeys } = given;
  const at = [...path, 'parquet', 'encryption'];
  const encryption: ParquetEncryption = {
    secret: known(references.pinned(at, given, given.footerKey !== undefined)),
    ...(footerKeyId === undefined ? {} : { footerKeyId }),
    ...(columnKeys === undefined
      ? {}
      : {
          columnKeys: columnKeys.map((column, index) => ({
            columns: column.columns,
            ...(column.keyId === undefined ? {} : { keyId: column.keyId }),
            secret: known(
              references.pinned([...at, 'columnKeys', String(index)], column, column.key !== undefined),
            ),
          })),
        }),
  };
  return { ...options, parquet: { ...options?.parquet, encryption } };
}

/** Every block of keys has some, or says where they are. */
function known(reference: SecretReference | undefined): SecretReference {
  if (reference === undefined) throw new Error('not a validated spec');
  return reference;
}
