import type { Dialect } from './dialect.ts';
import { Unwritable } from './place.ts';

/**
 * The text without the quotes of `written`, for a destination that has none. Throws Unwritable for a value that
 * could not be read again without them.
 */
export async function* unquoted(text: AsyncIterable<Buffer>, written: Dialect): AsyncGenerator<Buffer> {
  const quote = written.quote.charCodeAt(0);
  let offset = 0;
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of text) {
    const all = Buffer.concat([rest, piece]);
    let at = 0;
    for (let open = all.indexOf(quote); open >= 0; open = all.indexOf(quote, at)) {
      yield all.subarray(at, open);
      at = open;
      const close = closing(all, open + 1, quote);
      if (close < 0) break;
      yield plain(all.subarray(open + 1, close), written, offset + open);
      at = close + 1;
    }
    rest = all[at] === quote ? all.subarray(at) : Buffer.alloc(0);
    if (rest.length === 0) yield all.subarray(at);
    offset += all.length - rest.length;
  }
  // the engine ends every record with a newline: nothing is left
}

/** Offset of the quote that ends a value; -1 when it is not certain that it is in `bytes`. */
function closing(bytes: Buffer, from: number, quote: number): number {
  let at = bytes.indexOf(quote, from);
  while (at >= 0 && bytes[at + 1] === quote) at = bytes.indexOf(quote, at + 2);
  return at === bytes.length - 1 ? -1 : at;
}

function plain(spelled: Buffer, { delimiter, quote, nullValue }: Dialect, offset: number): Buffer {
  const value = spelled.toString('latin1').replaceAll(quote + quote, quote);
  if (value === nullValue)
    throw new Unwritable(
      offset,
      `csv.quote: without quotes, text that is ${nullValue === '' ? 'empty' : JSON.stringify(nullValue)} cannot be told from NULL; set csv.quote, or another csv.nullValue`,
    );
  if (value.includes(delimiter) || /[\r\n]/.test(value))
    throw new Unwritable(
      offset,
      `csv.quote: without quotes, text that holds the delimiter ${JSON.stringify(delimiter)} or a line end cannot be written; set csv.quote, or another csv.delimiter`,
    );
  return Buffer.from(value, 'latin1');
}
