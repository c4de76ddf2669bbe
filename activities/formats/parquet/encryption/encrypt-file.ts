import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import { TransferError } from '../../../failures.ts';
import { ENCRYPTED_MAGIC } from '../footer.ts';
import { list, rowGroups, structs, withRowGroups } from '../metadata.ts';
import { encodeStruct, ThriftError, TYPE } from '../thrift.ts';
import type { Struct } from '../thrift.ts';
import {
  AAD,
  ALGORITHM,
  CHUNK,
  COLUMN,
  COLUMN_CRYPTO,
  COLUMN_KEY,
  CRYPTO_METADATA,
  GROUP,
  bytes,
  inOrder,
  struct,
  structAt,
  texts,
} from './fields.ts';
import type { FileKeys } from './keys.ts';
import { aadOf, MAX_ORDINAL, MODULE, seal } from './modules.ts';
import { plainPages, sealPage } from './pages.ts';
import { Output, rewriteGroup } from './rewrite.ts';

/** Random bytes that tell a file's modules from those of others with the same keys. */
const FILE_UNIQUE_BYTES = 8;

/**
 * Writes a Parquet file anew with everything in it encrypted (AES_GCM_V1): columns with keys of their own with those, all
 * others and the footer with the footer's key.
 * @param file metadata of the file `from`
 * @param footerKeyId stored for readers, which may find the key by it
 */
export async function encryptFile(
  { from, to }: { from: string; to: string },
  file: Struct,
  keys: FileKeys,
  footerKeyId: string | undefined,
): Promise<void> {
  const groups = rowGroups(file);
  if (groups.length > MAX_ORDINAL)
    throw new TransferError(
      'Unsupported',
      `an encrypted Parquet file has at most ${MAX_ORDINAL} row groups; the result would have ${groups.length}`,
    );
  const unique = randomBytes(FILE_UNIQUE_BYTES);
  const input = await open(from);
  const output = await open(to, 'w');
  try {
    const out = new Output(output);
    await out.write(ENCRYPTED_MAGIC);
    const sealed: Struct[] = [];
    for (const [number, group] of groups.entries()) {
      const columnKeys = structs(list(group, GROUP.columns)).map((chunk) => keyOf(chunk, keys));
      const rewritten = await rewriteGroup(group, out, {
        pages: (_column, span) => plainPages(input, span),
        bytes: (column, page, each) =>
          sealPage(each, columnKeys[column]!.key, unique, { group: number, column, page }),
      });
      sealed.push(sealGroup(rewritten, number, columnKeys, unique));
    }
    await out.write(...footerOf(withRowGroups(file, sealed), keys.footer, unique, footerKeyId));
  } catch (error) {
    if (!(error instanceof ThriftError)) throw error;
    throw new TransferError('Unsupported', `the result cannot be encrypted: ${error.message}`, {
      cause: error,
    });
  } finally {
    await input.close();
    await output.close();
  }
}

interface ColumnKey {
  key: Buffer;
  /** Absent: it is the footer's. */
  own?: { id: string | undefined };
}

function keyOf(chunk: Struct, keys: FileKeys): ColumnKey {
  const own = keys.ofColumn(texts(list(structAt(chunk, CHUNK.metadata)!, COLUMN.path)));
  return own === undefined ? { key: keys.footer } : { key: own.key, own };
}

function sealGroup(group: Struct, number: number, columnKeys: readonly ColumnKey[], unique: Buffer): Struct {
  const items = structs(list(group, GROUP.columns)).map((chunk, column) => {
    const { key, own } = columnKeys[column]!;
    const changed: Struct = new Map(chunk);
    if (own === undefined) return changed.set(CHUNK.crypto, struct([COLUMN_CRYPTO.footerKey, struct()]));
    const metadata = structAt(chunk, CHUNK.metadata)!;
    const aad = aadOf(unique, MODULE.columnMetadata, { group: number, column });
    changed.delete(CHUNK.metadata);
    const path = metadata.get(COLUMN.path)!;
    const id = own.id === undefined ? [] : ([[COLUMN_KEY.keyMetadata, bytes(own.id)]] as const);
    return changed
      .set(CHUNK.crypto, struct([COLUMN_CRYPTO.columnKey, struct([COLUMN_KEY.path, path], ...id)]))
      .set(CHUNK.encryptedMetadata, bytes(seal(key, aad, encodeStruct(metadata))));
  });
  return inOrder(
    new Map(group)
      .set(GROUP.columns, { type: TYPE.list, value: { of: TYPE.struct, items } })
      .set(GROUP.ordinal, { type: TYPE.i16, value: number }),
  );
}

function footerOf(file: Struct, key: Buffer, unique: Buffer, keyId: string | undefined): Buffer[] {
  const algorithm = struct([ALGORITHM.gcm, struct([AAD.fileUnique, bytes(unique)])]);
  const id = keyId === undefined ? [] : ([[CRYPTO_METADATA.keyMetadata, bytes(keyId)]] as const);
  const crypto = encodeStruct(struct([CRYPTO_METADATA.algorithm, algorithm], ...id).value);
  const sealed = seal(key, aadOf(unique, MODULE.footer), encodeStruct(file));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(crypto.length + sealed.length);
  return [crypto, sealed, length, ENCRYPTED_MAGIC];
}
