import { createHmac, createSecretKey } from 'node:crypto';
import { VARCHAR, type DuckDBScalarFunction } from '@duckdb/node-api';
import type { TransformSecrets } from '../../transforms/secrets.ts';
import { PLACE, placeOf, valueFunction } from './value-function.ts';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/**
 * `ddc_random_text(<place>, BLOB of UTF-8)`: as many random letters and digits as the text has characters. They derive
 * from the run's seed and the value's place, not from the value.
 */
export function randomText(secrets: TransformSecrets): DuckDBScalarFunction {
  const seed = createSecretKey(secrets.seed, 'utf8');
  return valueFunction('ddc_random_text', PLACE, VARCHAR, (call) => {
    const place = placeOf(call);
    return (bytes, row) => {
      const length = characters(bytes);
      let text = '';
      for (let block = 0; text.length < length; block += 1) {
        const random = createHmac('sha512', seed)
          .update(`${place(row)}${block}`)
          .digest();
        for (let index = 0; index < random.length && text.length < length; index += 1)
          text += ALPHABET[random[index]! % ALPHABET.length]!;
      }
      return text;
    };
  });
}

/** Of UTF-8: bytes that do not continue another. */
function characters(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if ((byte & 0xc0) !== 0x80) count += 1;
  return count;
}
