import type { FormatOptions, ParquetEncryption } from '../../workflows/contract/formats.ts';
import type { SecretReference } from '../../workflows/contract/secret.ts';
import type { S3Block } from './schema/side.ts';

/** The options with what may be told of Parquet's encryption. `refer`: to a block, by its path below `encryption`. */
export function withEncryption(
  options: FormatOptions | undefined,
  { parquet }: S3Block,
  refer: (path: string[]) => SecretReference,
): FormatOptions | undefined {
  if (parquet?.encryption === undefined) return options;
  const { footerKeyId, columnKeys } = parquet.encryption;
  const encryption: ParquetEncryption = {
    secret: refer([]),
    ...(footerKeyId === undefined ? {} : { footerKeyId }),
    ...(columnKeys === undefined
      ? {}
      : {
          columnKeys: columnKeys.map(({ columns, keyId }, index) => ({
            columns,
            ...(keyId === undefined ? {} : { keyId }),
            secret: refer(['columnKeys', String(index)]),
          })),
        }),
  };
  return { ...options, parquet: { ...options?.parquet, encryption } };
}
