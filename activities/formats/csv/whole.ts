import { readRange } from '../bytes.ts';
import { decompressed } from '../decompressed.ts';
import type { RangeReader } from '../format.ts';
import type { Reading } from './reading.ts';
import type { Piece } from './records.ts';

/** Bytes per request, and requests under way, when the whole object is scanned. */
const SCAN_RANGE = 4 * 1024 * 1024;
const SCAN_AHEAD = 4;

type Place = Pick<Reading, 'compression' | 'dataStart'>;

/** Everything behind the header in large pieces, decompressed. */
export function wholeObject(
  reader: RangeReader,
  { compression, dataStart }: Place,
): AsyncIterable<Uint8Array> {
  if (compression === 'none') return ranges(reader, dataStart);
  return bytesOf(decompressedObject(reader, { compression, dataStart }, () => undefined));
}

/** Everything behind the header of a compressed object, by one read. `onRead`: compressed bytes. */
export async function* decompressedObject(
  reader: RangeReader,
  { compression, dataStart }: { compression: 'gzip' | 'zstd'; dataStart: number },
  onRead: (bytes: number) => void,
): AsyncGenerator<Piece> {
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const piece of await reader.read(0, reader.size)) {
      onRead(piece.length);
      yield piece;
    }
  };
  let end = 0;
  for await (const piece of decompressed(reader.location, compression, counted())) {
    const at = Math.max(end, dataStart);
    end += piece.length;
    if (end > at) yield { at, bytes: piece.subarray(piece.length - (end - at)) };
  }
}

async function* bytesOf(pieces: AsyncIterable<Piece>): AsyncGenerator<Uint8Array> {
  for await (const { bytes } of pieces) yield bytes;
}

/** Some ranges ahead, in order. */
async function* ranges(reader: RangeReader, start: number): AsyncGenerator<Uint8Array> {
  const starts = Array.from(
    { length: Math.ceil((reader.size - start) / SCAN_RANGE) },
    (_, index) => start + index * SCAN_RANGE,
  );
  const ahead: Promise<Buffer>[] = [];
  const fetchNext = () => {
    const next = starts.shift();
    if (next === undefined) return;
    const range = readRange(reader, next, Math.min(next + SCAN_RANGE, reader.size));
    // a failure is reported when its turn comes; until then it must not count as unhandled
    range.catch(() => undefined);
    ahead.push(range);
  };
  for (let i = 0; i < SCAN_AHEAD; i++) fetchNext();
  for (let range = ahead.shift(); range !== undefined; range = ahead.shift()) {
    yield await range;
    fetchNext();
  }
}
