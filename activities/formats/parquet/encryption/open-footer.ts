import { TransferError } from '../../../failures.ts';
import { list, rowGroups, structs, withEncodedRowGroups, rowsOf } from '../metadata.ts';
import { decodePrefix, decodeStruct, ThriftError, TYPE } from '../thrift.ts';
import type { Struct } from '../thrift.ts';
import { algorithmOf, type Algorithm } from './algorithm.ts';
import {
  CHUNK,
  COLUMN_CRYPTO,
  COLUMN_KEY,
  CRYPTO_METADATA,
  FILE,
  GROUP,
  bytesAt,
  inOrder,
  structAt,
  texts,
} from './fields.ts';
import type { FileKeys } from './keys.ts';
import { aadOf, DecryptionError, LENGTH_BYTES, MODULE, open, verifySignature } from './modules.ts';

/** What decrypting pages takes. */
export interface PageKeys {
  algorithm: Algorithm;
  /** By row group and column; undefined where pages are not encrypted. */
  columns: (Buffer | undefined)[][];
}

export interface OpenFooter {
  /** As if nothing had been encrypted. */
  file: Struct;
  pages: PageKeys;
}

/**
 * The metadata of an encrypted file.
 * @param raw between the pages and the footer's length
 * @param sealed whether it is encrypted itself, which the file's magic tells
 * @param location for messages
 * @param path of the keys' block in the resource, for messages
 * @throws TransferError InvalidOption where keys are missing or wrong
 * @throws ThriftError where it is corrupt
 */
export function openFooter(
  raw: Buffer,
  sealed: boolean,
  keys: FileKeys,
  { location, path }: { location: string; path: string },
): OpenFooter {
  try {
    const { file, algorithm } = sealed ? openSealed(raw, keys, location) : openSigned(raw, keys, location);
    return columnsOpened(file, algorithm, keys, { location, path });
  } catch (error) {
    if (error instanceof TransferError || error instanceof ThriftError) throw error;
    if (!(error instanceof DecryptionError)) throw error;
    throw new TransferError(
      'InvalidOption',
      `${location} cannot be decrypted: ${path}.footerKey is not the key of its footer, or the file is damaged (${error.message})`,
      { cause: error },
    );
  }
}

interface Opened {
  file: Struct;
  algorithm: Algorithm;
}

function openSealed(raw: Buffer, keys: FileKeys, location: string): Opened {
  const { struct: crypto, length } = decodePrefix(raw);
  const algorithm = algorithmFor(structAt(crypto, CRYPTO_METADATA.algorithm), location);
  const module = raw.subarray(length + LENGTH_BYTES);
  return { file: decodeStruct(open(keys.footer, aadOf(algorithm.aad, MODULE.footer), module)), algorithm };
}

function openSigned(raw: Buffer, keys: FileKeys, location: string): Opened {
  const { struct: file, length } = decodePrefix(raw);
  const algorithm = algorithmFor(structAt(file, FILE.algorithm), location);
  const aad = aadOf(algorithm.aad, MODULE.footer);
  verifySignature(keys.footer, aad, raw.subarray(0, length), raw.subarray(length));
  return { file, algorithm };
}

function algorithmFor(union: Struct | undefined, location: string): Algorithm {
  const algorithm = algorithmOf(union);
  if (!algorithm.needsPrefix) return algorithm;
  throw new TransferError(
    'Unsupported',
    `${location} is encrypted with an AAD prefix that is not in the file, which is not supported; store the prefix in the file`,
  );
}

/** Column metadata in its place, and nothing about encryption any more. */
function columnsOpened(
  file: Struct,
  algorithm: Algorithm,
  keys: FileKeys,
  where: { location: string; path: string },
): OpenFooter {
  const columns: (Buffer | undefined)[][] = [];
  const groups = rowGroups(file).map((group, groupIndex) => {
    const own: (Buffer | undefined)[] = [];
    const items = structs(list(group, GROUP.columns)).map((chunk, column) => {
      const key = keyOf(chunk, keys, where);
      own.push(key);
      const plain: Struct = new Map(chunk);
      const encrypted = bytesAt(chunk, CHUNK.encryptedMetadata);
      if (encrypted !== undefined && key !== undefined) {
        const aad = aadOf(algorithm.aad, MODULE.columnMetadata, { group: groupIndex, column });
        const metadata = openColumn(encrypted.subarray(LENGTH_BYTES), key, aad, chunk, where);
        plain.set(CHUNK.metadata, { type: TYPE.struct, value: metadata });
      }
      for (const id of [CHUNK.crypto, CHUNK.encryptedMetadata, ...CHUNK.indexes]) plain.delete(id);
      return inOrder(plain);
    });
    columns.push(own);
    const changed: Struct = new Map(group);
    return changed.set(GROUP.columns, { type: TYPE.list, value: { of: TYPE.struct, items } });
  });
  const rows = groups.reduce((sum, group) => sum + rowsOf(group), 0);
  const plain = withEncodedRowGroups(file, rows, groups);
  for (const id of [FILE.algorithm, FILE.signingKey]) plain.delete(id);
  return { file: plain, pages: { algorithm, columns } };
}

/** The key of a column's pages; undefined when they are not encrypted. */
function keyOf(
  chunk: Struct,
  keys: FileKeys,
  { location, path }: { location: string; path: string },
): Buffer | undefined {
  const crypto = structAt(chunk, CHUNK.crypto);
  if (crypto === undefined) return undefined;
  if (crypto.has(COLUMN_CRYPTO.footerKey)) return keys.footer;
  const own = keys.ofColumn(pathOf(chunk));
  if (own !== undefined) return own.key;
  throw new TransferError(
    'InvalidOption',
    `${location}: the column ${nameOf(chunk)} is encrypted with a key of its own, which ${path}.columnKeys does not give`,
  );
}

function openColumn(
  module: Buffer,
  key: Buffer,
  aad: Buffer,
  chunk: Struct,
  { location, path }: { location: string; path: string },
): Struct {
  try {
    return decodeStruct(open(key, aad, module));
  } catch (error) {
    if (!(error instanceof DecryptionError)) throw error;
    throw new TransferError(
      'InvalidOption',
      `${location}: the column ${nameOf(chunk)} cannot be decrypted: its key in ${path} is not the one it was encrypted with, or the file is damaged`,
      { cause: error },
    );
  }
}

/** Of a column with a key of its own; others tell theirs in the metadata only. */
function pathOf(chunk: Struct): string[] {
  const own = structAt(structAt(chunk, CHUNK.crypto) ?? new Map(), COLUMN_CRYPTO.columnKey);
  return own === undefined ? [] : texts(list(own, COLUMN_KEY.path));
}

const nameOf = (chunk: Struct): string => JSON.stringify(pathOf(chunk).join('.'));
