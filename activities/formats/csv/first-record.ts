import { automatonOf, ACTION, ROW_BITS, STATE } from './automaton.ts';
import type { Dialect } from './dialect.ts';

/**
 * The values of the record that begins `bytes`, as they are spelled, without line end; undefined when the quotes
 * make no sense. `end`: offset after its newline, or of the quote that makes no sense; absent when the bytes end first.
 */
export function firstRecord(bytes: Buffer, dialect: Dialect): { values: Buffer[] | undefined; end?: number } {
  const { next, open, returned } = automatonOf(dialect);
  const values: Buffer[] = [];
  let state: number = STATE.start;
  let start = 0;
  const value = (end: number): Buffer => bytes.subarray(start, end - (returned[state] ?? 0));
  for (let at = 0; at < bytes.length; at++) {
    const to = next[(state << ROW_BITS) | bytes[at]!]! >> ROW_BITS;
    if (to === ACTION.misquoted) return { values: undefined, end: at };
    if (to === ACTION.endRecord) return { values: [...values, value(at)], end: at + 1 };
    if (to === ACTION.endField) {
      values.push(value(at));
      start = at + 1;
    }
    state = to === ACTION.quotedNewline ? STATE.inQuotes : to === ACTION.endField ? STATE.start : to;
  }
  return { values: open[state] === 1 ? undefined : [...values, value(bytes.length)] };
}
