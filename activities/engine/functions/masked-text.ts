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
  const characters = Array.from(at < 0 ? text : text.slice(0, at));
  const masked = characters.map(maskCharacter);
  const places: number[] = [];
  for (const [place, mask] of masked.entries()) if (mask !== undefined) places.push(place);
  if (keepFirst + keepLast < places.length) {
    for (const place of places.slice(0, keepFirst)) masked[place] = undefined;
    for (const place of places.slice(places.length - keepLast)) masked[place] = undefined;
  }
  const result = characters.map((character, place) => masked[place] ?? character).join('');
  return at < 0 ? result : result + text.slice(at);
}

/** Undefined for a character that stays. */
function maskCharacter(character: string): string | undefined {
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
