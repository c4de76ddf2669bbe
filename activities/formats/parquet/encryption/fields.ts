import { ThriftError, TYPE } from '../thrift.ts';
import type { List, Struct, Value } from '../thrift.ts';

/** Field ids of parquet.thrift that encryption needs. */
export const FILE = { rowGroups: 4, algorithm: 8, signingKey: 9 } as const;
export const CRYPTO_METADATA = { algorithm: 1, keyMetadata: 2 } as const;
/** A union. */
export const ALGORITHM = { gcm: 1, gcmCtr: 2 } as const;
export const AAD = { prefix: 1, fileUnique: 2, supplyPrefix: 3 } as const;
export const GROUP = { columns: 1, fileOffset: 5, compressedBytes: 6, ordinal: 7 } as const;
export const CHUNK = {
  fileOffset: 2,
  metadata: 3,
  /** Positions and lengths of page indexes. */
  indexes: [4, 5, 6, 7],
  crypto: 8,
  encryptedMetadata: 9,
} as const;
/** A union: how a column is encrypted. */
export const COLUMN_CRYPTO = { footerKey: 1, columnKey: 2 } as const;
export const COLUMN_KEY = { path: 1, keyMetadata: 2 } as const;
export const COLUMN = {
  path: 3,
  compressedBytes: 7,
  dataPage: 9,
  indexPage: 10,
  dictionaryPage: 11,
  bloomFilter: [14, 15],
} as const;
export const PAGE = { type: 1, compressedBytes: 3, checksum: 4 } as const;
export const DICTIONARY_PAGE = 2;

export const bytes = (value: Buffer | string): { type: number; value: Value } => ({
  type: TYPE.binary,
  value: Buffer.from(value),
});
export const long = (value: number): { type: number; value: Value } => ({
  type: TYPE.i64,
  value: BigInt(value),
});
export const struct = (
  ...fields: readonly (readonly [number, { type: number; value: Value }])[]
): { type: number; value: Struct } => ({ type: TYPE.struct, value: new Map(fields) });

/** A field that is a structure; undefined when there is none. */
export function structAt(struct: Struct, id: number): Struct | undefined {
  const value = struct.get(id)?.value;
  return value instanceof Map ? value : undefined;
}

/** A field that is bytes; undefined when there is none. */
export function bytesAt(struct: Struct, id: number): Buffer | undefined {
  const value = struct.get(id)?.value;
  return Buffer.isBuffer(value) ? value : undefined;
}

/** A list of texts. */
export function texts({ items }: List): string[] {
  return items.map((item) => {
    if (!Buffer.isBuffer(item)) throw new ThriftError('a list holds no texts');
    return item.toString('utf8');
  });
}

/** The same structure with its fields in the order of their ids. */
export const inOrder = (struct: Struct): Struct => new Map([...struct].sort(([a], [b]) => a - b));
