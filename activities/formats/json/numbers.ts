import { isExactDouble } from '../exact-double.ts';
import { KIND } from './shape.ts';

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const UINT64_MAX = 2n ** 64n - 1n;
/** Integers of more digits are beyond every type; they are not computed with. */
const MAX_DIGITS = 40;
/** Counts of digits are not told apart beyond: no type has as many. */
const MANY = 1_000;

/** What a number is that is too long, or written too unusually, to be judged by its length alone. */
export interface NumberLook {
  kinds: number;
  /** Digits before the point when it is written without exponent, and after it. */
  digits: number;
  scale: number;
}

/** `text` is a number in JSON's grammar. */
export function lookAtNumber(text: string): NumberLook {
  const sign = text.startsWith('-') ? 1 : 0;
  const exponentAt = text.search(/e/i);
  const mantissa = exponentAt < 0 ? text : text.slice(0, exponentAt);
  const [whole = '', fraction = ''] = mantissa.slice(sign).split('.');
  const digits = whole === '0' ? 0 : whole.length;
  const kinds = KIND.number | (sign === 1 ? KIND.negative : 0);
  if (mantissa === text && !text.includes('.') && text !== '-0') {
    return { kinds: kinds | kindsOfInteger(text, digits), digits: Math.min(digits, MANY), scale: 0 };
  }
  const exponent = exponentAt < 0 ? 0 : Number(text.slice(exponentAt + 1));
  return {
    kinds: kinds | KIND.fraction | (isExactDouble(text) ? 0 : KIND.inexact),
    digits: Math.min(Math.max(digits + exponent, 0), MANY),
    scale: Math.min(Math.max(fraction.length - exponent, 0), MANY),
  };
}

function kindsOfInteger(text: string, digits: number): number {
  if (digits > MAX_DIGITS) return KIND.huge | KIND.inexact;
  const value = BigInt(text);
  const inexact = isExactDouble(text) ? 0 : KIND.inexact;
  if (value < INT64_MIN || value > UINT64_MAX) return KIND.huge | inexact;
  return inexact | (value > INT64_MAX ? KIND.unsigned : 0);
}
