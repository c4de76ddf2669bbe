import { aessiv } from '@noble/ciphers/aes.js';
import { headerOf, seal } from './envelope.ts';
import { deriveKey } from './key.ts';

/**
 * The envelope's name for AES-SIV (RFC 5297, AEAD_AES_SIV_CMAC_512): synthetic initialisation vector of 16 bytes,
 * ciphertext. Equal values have equal texts under one key.
 */
export const SIV = 'siv';

/** AES-SIV takes two keys of 32 bytes. */
const sivKey = (key: Buffer): Buffer => deriveKey(key, 'aes-siv', 64);

export function sivEncryptor(key: Buffer, keyId: string): (value: Uint8Array) => string {
  const secret = sivKey(key);
  const header = headerOf(SIV, keyId);
  const authenticated = Buffer.from(header);
  return (value) => seal(header, Buffer.from(aessiv(secret, authenticated).encrypt(value)));
}

/** The value of an envelope's body. Throws when key or body are not the right ones. */
export function sivDecrypt(key: Buffer, keyId: string, body: Buffer): Buffer {
  return Buffer.from(aessiv(sivKey(key), Buffer.from(headerOf(SIV, keyId))).decrypt(body));
}
