import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { ACTION, automatonOf, ROW_BITS, STATE } from './automaton.ts';
import type { Dialect } from './dialect.ts';

/** Copies a well-formed text, in which a \r outside of quotes is followed by \n or nothing, without these. */
export async function unifyLineEnds(from: string, to: string, dialect: Dialect): Promise<void> {
  await pipeline(createReadStream(from), (text) => withoutReturns(text, dialect), createWriteStream(to));
}

async function* withoutReturns(text: AsyncIterable<Buffer>, dialect: Dialect): AsyncGenerator<Buffer> {
  const { next, returned } = automatonOf(dialect);
  let state: number = STATE.start;
  for await (const piece of text) {
    let from = 0;
    for (let at = 0; at < piece.length; at++) {
      const to = next[(state << ROW_BITS) | piece[at]!]! >> ROW_BITS;
      if (to === ACTION.endRecord && returned[state] === 1) {
        yield piece.subarray(from, Math.max(from, at - 1));
        from = at;
      }
      const ended = to === ACTION.endRecord || to === ACTION.endField;
      state = ended ? STATE.start : to === ACTION.quotedNewline ? STATE.inQuotes : to;
    }
    yield piece.subarray(from, piece.length - (returned[state] ?? 0));
  }
}
