import { createCipheriv, createDecipheriv, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * The smallest encrypted units of a Parquet file: a length, a nonce, the ciphertext and (but for pages of AES_GCM_CTR_V1)
 * a tag. https://github.com/apache/parquet-format/blob/master/Encryption.md, sections 5.1 and 5.2
 */

/** Kinds of modules, as they stand in the AAD. */
export const MODULE = {
  footer: 0,
  columnMetadata: 1,
  dataPage: 2,
  dictionaryPage: 3,
  dataPageHeader: 4,
  dictionaryPageHeader: 5,
} as const;

/** Ordinals: of the row group, of the column in it, and of a data page in that. */
export interface Place {
  group: number;
  column: number;
  page?: number;
}

export const LENGTH_BYTES = 4;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Of a footer that is not encrypted but signed. */
const SIGNATURE_BYTES = NONCE_BYTES + TAG_BYTES;
/** Ordinals have 16 bits, of which Java uses 15. */
export const MAX_ORDINAL = 32_767;
/** The counter of the first block of AES_GCM_CTR_V1's pages. */
const FIRST_COUNTER = Buffer.from([0, 0, 0, 1]);

/** What does not decrypt: another key, or damage. */
export class DecryptionError extends Error {}

/** What ties a module to its place, so that modules cannot be exchanged. `file`: the file's own part. */
export function aadOf(file: Buffer, module: number, place?: Place): Buffer {
  const ordinals = place === undefined ? [] : [place.group, place.column];
  if (place?.page !== undefined) ordinals.push(place.page);
  const suffix = Buffer.alloc(1 + 2 * ordinals.length);
  suffix.writeUInt8(module);
  ordinals.forEach((ordinal, index) => suffix.writeUInt16LE(ordinal, 1 + 2 * index));
  return Buffer.concat([file, suffix]);
}

/** A module with its length. Nonces are random, as the specification asks for. */
export function seal(key: Buffer, aad: Buffer, plain: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(gcm(key), key, nonce).setAAD(aad);
  const head = Buffer.alloc(LENGTH_BYTES);
  head.writeUInt32LE(NONCE_BYTES + plain.length + TAG_BYTES);
  return Buffer.concat([head, nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/**
 * @param module without its length
 * @throws DecryptionError
 */
export function open(key: Buffer, aad: Buffer, module: Buffer): Buffer {
  if (module.length < SIGNATURE_BYTES) throw new DecryptionError('it is too short');
  const decipher = createDecipheriv(gcm(key), key, module.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(aad).setAuthTag(module.subarray(-TAG_BYTES));
  const plain = decipher.update(module.subarray(NONCE_BYTES, -TAG_BYTES));
  try {
    return Buffer.concat([plain, decipher.final()]);
  } catch (error) {
    throw new DecryptionError('its tag is wrong', { cause: error });
  }
}

/** A page of AES_GCM_CTR_V1: nothing tells whether it is right. */
export function openUnchecked(key: Buffer, module: Buffer): Buffer {
  if (module.length < NONCE_BYTES) throw new DecryptionError('it is too short');
  const counter = Buffer.concat([module.subarray(0, NONCE_BYTES), FIRST_COUNTER]);
  const decipher = createDecipheriv(`aes-${key.length * 8}-ctr`, key, counter);
  return Buffer.concat([decipher.update(module.subarray(NONCE_BYTES)), decipher.final()]);
}

/**
 * A footer that everybody may read, held against its signature.
 * @throws DecryptionError
 */
export function verifySignature(key: Buffer, aad: Buffer, plain: Buffer, signature: Buffer): void {
  if (signature.length !== SIGNATURE_BYTES) throw new DecryptionError('it has no signature');
  const cipher = createCipheriv(gcm(key), key, signature.subarray(0, NONCE_BYTES)).setAAD(aad);
  cipher.update(plain);
  cipher.final();
  if (!timingSafeEqual(cipher.getAuthTag(), signature.subarray(NONCE_BYTES)))
    throw new DecryptionError('its signature is wrong');
}

const gcm = (key: Buffer): 'aes-128-gcm' => `aes-${key.length * 8}-gcm` as 'aes-128-gcm';
