import type { RangeReader } from './format.ts';

const NEWLINE = 0x0a;
/** Bytes asked for beyond a chunk's end to find its last newline; then in steps that double. */
const OVERREAD = 64 * 1024;

/**
 * The bytes between the first newline at or after `start - 1` and the first at or after `end - 1`: whole lines, each
 * of them in the chunk in which it begins. One ranged read unless the last line is longer than 64 KiB.
 * `on.begin` gets the offset of the first line when that is not `start` itself by definition (0).
 */
export async function* wholeLines(
  reader: RangeReader,
  start: number,
  end: number,
  on: { read: (bytes: number) => void; begin: (offset: number) => void },
): AsyncGenerator<Uint8Array> {
  let offset = Math.max(0, start - 1);
  let seeking = start > 0;
  let done = offset >= end;
  let limit = end;
  for (let overread = OVERREAD; !done && offset < reader.size; overread *= 2) {
    limit = Math.min(limit + overread, reader.size);
    for await (const piece of await reader.read(offset, limit)) {
      const at = offset;
      offset += piece.length;
      on.read(piece.length);
      // what is left of an over-read is drained, so that the connection can be used again
      if (done) continue;
      let from = 0;
      if (seeking) {
        from = piece.indexOf(NEWLINE) + 1;
        // no line begins in this chunk
        done = at + (from === 0 ? piece.length : from) >= end;
        if (from === 0 || done) continue;
        seeking = false;
        on.begin(at + from);
      }
      // the newline that ends the last line, which begins before `end`
      const newline = at + piece.length < end ? -1 : piece.indexOf(NEWLINE, Math.max(from, end - 1 - at));
      done = newline >= 0;
      const to = done ? newline + 1 : piece.length;
      if (to > from) yield piece.subarray(from, to);
    }
  }
}
