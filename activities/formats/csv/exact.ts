import { isExactDouble } from '../exact-double.ts';
import { KIND } from './kinds.ts';

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
/** Numbers with at most so many characters need no look at their text. */
export const SAFE_LENGTH = 15;

/**
 * Kind of a value whose shape alone does not decide: long numbers, exponents, dates. `kind` is what the
 * shape suggests.
 */
export function exactKind(kind: number, text: string): number {
  switch (kind) {
    case KIND.integer: {
      const value = BigInt(text);
      if (value < INT64_MIN || value > INT64_MAX) return KIND.text;
      return BigInt(Number(text)) === value ? KIND.integer : KIND.long;
    }
    case KIND.decimal:
      return isExactDouble(text) ? KIND.decimal : KIND.text;
    case KIND.date:
    case KIND.timestamp:
    case KIND.zoned:
      return isInCalendar(text) ? kind : KIND.text;
    default:
      return kind;
  }
}

/** The text begins with YYYY-MM-DD of possible months and days 01..31. */
function isInCalendar(text: string): boolean {
  const day = Number(text.slice(8, 10));
  if (day <= 28) return true;
  const daysInMonth = new Date(Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)), 0)).getUTCDate();
  return day <= daysInMonth;
}
