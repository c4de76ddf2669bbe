import { createHmac, hkdfSync } from 'node:crypto';

/** Bytes of a key for AES-256. */
const KEY_BYTES = 32;

/** What a key must look like, for messages (which never show one). */
export const KEY_FORM = `${KEY_BYTES} bytes in base64 or in hexadecimal digits`;

/** The bytes of a key that is written in hexadecimal or base64 (also base64url); undefined when it is not one. */
export function parseKey(text: string): Buffer | undefined {
  const trimmed = text.trim();
  if (/^[0-9a-f]{64}$/i.test(trimmed)) return Buffer.from(trimmed, 'hex');
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(trimmed)) return undefined;
  const key = Buffer.from(trimmed, 'base64');
  return key.length === KEY_BYTES ? key : undefined;
}

/** Key ids that may stand in an encrypted value. */
export const KEY_ID = /^[\w.-]{1,64}$/;

/** The id of a key that was given none: tells keys apart and nothing about them. */
export function usualKeyId(key: Buffer): string {
  return createHmac('sha256', key).update('ddc key id').digest('hex').slice(0, 8);
}

/** A key for one purpose from a key that also has others (HKDF, RFC 5869). */
export function deriveKey(key: Buffer, purpose: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha512', key, '', `ddc ${purpose}`, bytes));
}
