import { readRange } from './bytes.ts';
import type { RangeReader } from './format.ts';

/** Bytes of the first request; often no more is wanted. */
const FIRST = 1024 * 1024;
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
  const request = (bytes: number): boolean => {
    if (next >= end) return false;
    const range = readRange(reader, next, Math.min(next + bytes, end));
    // a failure is reported when its turn comes; until then it must not count as unhandled
    range.catch(() => undefined);
    ahead.push(range);
    next += bytes;
    return true;
  };
  request(FIRST);
  for (let range = ahead.shift(); range !== undefined; range = ahead.shift()) {
    yield await range;
    for (let more = true; more && ahead.length < AHEAD;) more = request(RANGE);
  }
}
