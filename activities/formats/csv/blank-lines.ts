import { ACTION, automatonOf, ROW_BITS, STATE } from './automaton.ts';
import type { Dialect } from './dialect.ts';
import { Unwritable } from './place.ts';

/**
 * Where an empty value is text, readers pass over the blank line that the engine writes for a record of one: its
 * quotes are added.
 */
export async function* withoutBlankLines(
  text: AsyncIterable<Buffer>,
  dialect: Dialect,
): AsyncGenerator<Buffer> {
  const { next } = automatonOf(dialect);
  const quotes = Buffer.from(dialect.quote + dialect.quote);
  let state: number = STATE.start;
  let offset = 0;
  /** No delimiter yet in this record. */
  let one = true;
  for await (const piece of text) {
    let from = 0;
    for (let at = 0; at < piece.length; at++) {
      const to = next[(state << ROW_BITS) | piece[at]!]! >> ROW_BITS;
      if (to === ACTION.endRecord && one && state === STATE.start) {
        if (dialect.quote === '')
          throw new Unwritable(
            offset + at,
            'csv.quote: without quotes, empty text in the only column cannot be written; set csv.quote, or leave out csv.nullValue',
          );
        yield piece.subarray(from, at);
        yield quotes;
        from = at;
      }
      one = to === ACTION.endRecord || (one && to !== ACTION.endField);
      const ended = to === ACTION.endRecord || to === ACTION.endField;
      state = ended ? STATE.start : to === ACTION.quotedNewline ? STATE.inQuotes : to;
    }
    yield piece.subarray(from);
    offset += piece.length;
  }
}
