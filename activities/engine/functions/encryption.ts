import { INTEGER, VARCHAR, type DuckDBScalarFunction } from '@duckdb/node-api';
import { ff1Cipher } from '../../transforms/encryption/ff1.ts';
import { gcmEncryptor } from '../../transforms/encryption/gcm.ts';
import { parseKey, usualKeyId } from '../../transforms/encryption/key.ts';
import { sivEncryptor } from '../../transforms/encryption/siv.ts';
import type { TransformSecrets } from '../../transforms/secrets.ts';
import { perTransformation } from './layer-secrets.ts';
import { PLACE, placeOf, valueFunction } from './value-function.ts';

/**
 * `ddc_encrypt_gcm(<place>, key id, BLOB)`, `ddc_encrypt_siv(transformation, key id, BLOB)` and
 * `ddc_encrypt_ff1(transformation, alphabet, column, BLOB of UTF-8)`, each a text. An empty key id means the usual one.
 */
export function encryptions(secrets: TransformSecrets): DuckDBScalarFunction[] {
  const keys = perTransformation(secrets, 'key', (text) => parseKey(text)!);
  const once = <T>(make: (index: unknown, detail: string) => T): ((index: unknown, detail: unknown) => T) => {
    const made = new Map<string, T>();
    return (index, detail) => {
      const name = `${String(index)} ${String(detail)}`;
      const cipher = made.get(name) ?? make(index, String(detail));
      made.set(name, cipher);
      return cipher;
    };
  };
  const gcm = once((index, id) => gcmEncryptor(keys(index), id || usualKeyId(keys(index))));
  const siv = once((index, id) => sivEncryptor(keys(index), id || usualKeyId(keys(index))));
  const ff1 = once((index, alphabet) => ff1Cipher(keys(index), alphabet));
  return [
    valueFunction('ddc_encrypt_gcm', [...PLACE, VARCHAR], VARCHAR, (call) => {
      const encrypt = gcm(call.constant(0), call.constant(PLACE.length));
      const place = placeOf(call);
      return (bytes, row) => {
        const { name, number } = place(row);
        return encrypt(bytes, `${secrets.seed}\0${number}\0${name}\0`);
      };
    }),
    valueFunction('ddc_encrypt_siv', [INTEGER, VARCHAR], VARCHAR, (call) =>
      siv(call.constant(0), call.constant(1)),
    ),
    valueFunction('ddc_encrypt_ff1', [INTEGER, VARCHAR, VARCHAR], VARCHAR, (call) => {
      const { encrypt } = ff1(call.constant(0), call.constant(1));
      return (bytes) => {
        try {
          return encrypt(Buffer.from(bytes).toString());
        } catch (error) {
          throw new Error(`column ${String(call.constant(2))}: ${(error as Error).message}`, {
            cause: error,
          });
        }
      };
    }),
  ];
}
