import { createCipheriv, createDecipheriv, createHmac, createSecretKey } from 'node:crypto';
import { deriveKey } from './key.ts';
import { headerOf, seal } from './envelope.ts';

/** The envelope's name for AES-256-GCM (NIST SP 800-38D): nonce of 12 bytes, ciphertext, tag of 16 bytes. */
export const GCM = 'gcm';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const ALGORITHM = 'aes-256-gcm';

/** Encrypts values with one key. `place` tells which value of which run it is: a repeated attempt gives the same text. */
export function gcmEncryptor(key: Buffer, keyId: string): (value: Uint8Array, place: string) => string {
  // As key objects: OpenSSL prepares them once and not for every value (17 us each).
  const secret = createSecretKey(key);
  const nonceSecret = createSecretKey(deriveKey(key, 'gcm nonce', 32));
  const header = headerOf(GCM, keyId);
  const authenticated = Buffer.from(header);
  return (value, place) => {
    // Depends on the value too: even two values at one place never meet under one nonce.
    const digest = createHmac('sha256', nonceSecret).update(place).update(value).digest();
    const nonce = digest.subarray(0, NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, secret, nonce).setAAD(authenticated);
    const parts = [nonce, cipher.update(value), cipher.final(), cipher.getAuthTag()];
    return seal(header, Buffer.concat(parts));
  };
}

/** The value of an envelope's body. Throws when key or body are not the right ones. */
export function gcmDecrypt(key: Buffer, keyId: string, body: Buffer): Buffer {
  const decipher = createDecipheriv(ALGORITHM, key, body.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(headerOf(GCM, keyId))).setAuthTag(body.subarray(body.length - TAG_BYTES));
  return Buffer.concat([
    decipher.update(body.subarray(NONCE_BYTES, body.length - TAG_BYTES)),
    decipher.final(),
  ]);
}
