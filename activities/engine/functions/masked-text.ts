import { BOOLEAN, INTEGER, VARCHAR } from '@duckdb/node-api';
import { valueFunction } from './value-function.ts';

interface Mask {
  /** So many letters and digits at the beginning stay. */
  keepFirst: number;
  keepLast: number;
  /** What follows the last `@`, and itself, stays. */
  keepDomain: boolean;
}

/** `ddc_mask(keepFirst, keepLast, keepDomain, BLOB of UTF-8)`: see maskText. */
export const MASKED_TEXT = valueFunction('ddc_mask', [INTEGER, INTEGER, BOOLEAN], VARCHAR, (call) => {
  const mask = {
    keepFirst: Number(call.constant(0)),
    keepLast: Number(call.constant(1)),
    keepDomain: call.constant(2) === true,
  };
  return (bytes) => maskText(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString(), mask);
});

/**
 * A text in which digits are 9, capital letters X and other letters x; signs and spaces stay. What is to be kept is
 * counted in letters and digits; where that would be all of them, none is kept.
 */
export function maskText(text: string, { keepFirst, keepLast, keepDomain }: Mask): string {
  const at = keepDomain ? text.lastIndexOf('@') : -1;
  const shown = at < 0 ? '' : text.slice(at);
  const hidden = text.slice(0, text.length - shown.length);
  let count = 0;
  for (const character of hidden) if (maskOf(character) !== undefined) count += 1;
  const keeps = keepFirst + keepLast < count;
  let result = '';
  let place = 0;
  for (const character of hidden) {
    const mask = maskOf(character);
    if (mask === undefined) result += character;
    else {
      result += keeps && (place < keepFirst || place >= count - keepLast) ? character : mask;
      place += 1;
    }
  }
  return result + shown;
}

/** Undefined for a character that stays. */
function maskOf(character: string): string | undefined {
  const code = character.codePointAt(0)!;
  if (code < 128) {
    if (code >= 48 && code <= 57) return '9';
    if (code >= 65 && code <= 90) return 'X';
    return code >= 97 && code <= 122 ? 'x' : undefined;
  }
  if (/\p{N}/u.test(character)) return '9';
  if (/\p{Lu}/u.test(character)) return 'X';
  return /[\p{L}\p{M}]/u.test(character) ? 'x' : undefined;
}
