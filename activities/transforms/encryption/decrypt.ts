import { parseEnvelope } from './envelope.ts';
import { GCM, gcmDecrypt } from './gcm.ts';
import { SIV, sivDecrypt } from './siv.ts';

/** Keys by id. */
export type Keyring = ReadonlyMap<string, Buffer>;

const CIPHERS = new Map([
  [GCM, gcmDecrypt],
  [SIV, sivDecrypt],
]);

/** The value behind an encrypted text. Throws an Error whose message shows neither values nor keys. */
export function decryptEnvelope(text: string, keys: Keyring): Buffer {
  const envelope = parseEnvelope(text);
  const decrypt = envelope === undefined ? undefined : CIPHERS.get(envelope.cipher);
  if (envelope === undefined || decrypt === undefined)
    throw new Error('a value is not one that EncryptColumns has written (ddc1:gcm:... or ddc1:siv:...)');
  const key = keys.get(envelope.keyId);
  if (key === undefined)
    throw new Error(`a value is encrypted with the key ${envelope.keyId}, which is not among the given ones`);
  try {
    return decrypt(key, envelope.keyId, envelope.body);
  } catch {
    throw new Error(
      `a value cannot be decrypted with the key ${envelope.keyId}: it is another key, or the value was changed`,
    );
  }
}
