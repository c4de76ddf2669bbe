import { TransferError } from '../../../failures.ts';
import type { ParquetKeys } from '../../format.ts';

/** Bytes of a key: AES-128, AES-192, AES-256. */
const KEY_BYTES = new Set([16, 24, 32]);
/** What a key must look like, for messages (which never show one). */
const KEY_FORM = '16, 24 or 32 bytes in base64';

/** Keys of a file as bytes. In memory only. */
export class FileKeys {
  readonly footer: Buffer;
  readonly #columns: ReadonlyMap<string, { key: Buffer; id: string | undefined }>;

  /**
   * @param path of the block in the resource, for messages
   * @throws TransferError InvalidOption
   */
  constructor({ footerKey, columnKeys }: ParquetKeys, path: string) {
    this.footer = bytesOf(footerKey, `${path}.footerKey`);
    const columns = new Map<string, { key: Buffer; id: string | undefined }>();
    for (const [index, { columns: names, key, keyId: id }] of columnKeys.entries()) {
      const bytes = bytesOf(key, `${path}.columnKeys[${index}].key`);
      for (const name of names) columns.set(name, { key: bytes, id });
    }
    this.#columns = columns;
  }

  /**
   * The key of a leaf, which may be named itself (`customer.email`) or by the column that it is in; undefined when it has
   * none of its own.
   */
  ofColumn(path: readonly string[]): { key: Buffer; id: string | undefined } | undefined {
    return this.#columns.get(path.join('.')) ?? this.#columns.get(path[0]!);
  }
}

function bytesOf(text: string | undefined, path: string): Buffer {
  if (!text) throw new TransferError('SecretNotFound', `${path}: is needed: ${KEY_FORM}`);
  const trimmed = text.trim();
  const bytes = Buffer.from(trimmed, 'base64');
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(trimmed) || !KEY_BYTES.has(bytes.length))
    throw new TransferError('InvalidOption', `${path}: must be ${KEY_FORM}`);
  return bytes;
}
