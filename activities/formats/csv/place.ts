import { ACTION, automatonOf, ROW_BITS, STATE } from './automaton.ts';
import type { Dialect } from './dialect.ts';

/** Something that the destination's options cannot spell, and where it begins in the UTF-8 text. */
export class Unwritable extends Error {
  readonly offset: number;

  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}

/** 1-based record and field that a byte of a well-formed text is in. */
export async function placeOf(
  text: AsyncIterable<Buffer>,
  offset: number,
  dialect: Dialect,
): Promise<{ record: number; field: number }> {
  const { next } = automatonOf(dialect);
  let state: number = STATE.start;
  let [record, field, left] = [1, 1, offset];
  for await (const piece of text) {
    for (const byte of piece.subarray(0, left)) {
      const to = next[(state << ROW_BITS) | byte]! >> ROW_BITS;
      state = to;
      if (to === ACTION.quotedNewline) state = STATE.inQuotes;
      else if (to === ACTION.endField || to === ACTION.endRecord) {
        [record, field] = to === ACTION.endField ? [record, field + 1] : [record + 1, 1];
        state = STATE.start;
      }
    }
    left -= piece.length;
    if (left <= 0) break;
  }
  return { record, field };
}
