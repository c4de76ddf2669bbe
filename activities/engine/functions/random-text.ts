import { VARCHAR, type DuckDBScalarFunction } from '@duckdb/node-api';
import type { TransformSecrets } from '../../transforms/secrets.ts';
import { RandomStream, ROW_BYTES } from './random-stream.ts';
import { PLACE, placeOf, valueFunction } from './value-function.ts';

const ALPHABET = Buffer.from('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789');

/**
 * `ddc_random_text(<place>, BLOB of UTF-8)`: as many random letters and digits as the text has characters. They derive
 * from the run's seed and the value's place, not from the value.
 */
export function randomText(secrets: TransformSecrets): DuckDBScalarFunction {
  const stream = new RandomStream(secrets.seed);
  return valueFunction('ddc_random_text', PLACE, VARCHAR, (call) => {
    const place = placeOf(call);
    return (bytes, row) => {
      const { name, number } = place(row);
      const text = Buffer.allocUnsafe(characters(bytes));
      for (let start = 0; start < text.length; start += ROW_BYTES) {
        const random = stream.row(name, number, start / ROW_BYTES);
        const end = Math.min(start + ROW_BYTES, text.length);
        for (let index = start; index < end; index += 1)
          text[index] = ALPHABET[random[index - start]! % ALPHABET.length]!;
      }
      return text.toString('latin1');
    };
  });
}

/** Of UTF-8: bytes that do not continue another. */
function characters(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if ((byte & 0xc0) !== 0x80) count += 1;
  return count;
}
