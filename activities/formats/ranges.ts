import { readRange } from './bytes.ts';
import type { RangeReader } from './format.ts';

/** Bytes per request, and requests under way, when much of an object is read in order. */
const RANGE = 4 * 1024 * 1024;
const AHEAD = 4;

/** Bytes [start, end) in order, some ranges ahead; what is not asked for is not read. */
export async function* readInOrder(
  reader: RangeReader,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array> {
  const ahead: Promise<Buffer>[] = [];
  let next = start;
  // the first request alone: often no more is wanted
  for (let wanted = 1; ; wanted = AHEAD) {
    while (next < end && ahead.length < wanted) {
      const range = readRange(reader, next, Math.min(next + RANGE, end));
      // a failure is reported when its turn comes; until then it must not count as unhandled
      range.catch(() => undefined);
      ahead.push(range);
      next += RANGE;
    }
    const first = ahead.shift();
    if (first === undefined) return;
    yield await first;
  }
}
