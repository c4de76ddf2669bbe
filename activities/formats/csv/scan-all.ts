import { setImmediate } from 'node:timers/promises';
import type { RangeReader } from '../format.ts';
import { decoderOf } from './decoder.ts';
import { bytesIn } from './encoding.ts';
import type { Encoding } from './encoding.ts';
import type { Scanner } from './scanner.ts';
import { wholeObject } from './whole.ts';

export interface ExactCuts {
  /** Begins of records, and the end. */
  cuts: number[];
  /** Newlines before each cut, counted from the first record. */
  lines: number[];
  /** Records before each cut. */
  records: number[];
}

/**
 * Reads everything behind the header once, in order: where a record begins depends on all before it. The first record
 * end at or after each nominal cut is one.
 */
export async function scanAll(
  reader: RangeReader,
  place: { compression: 'none' | 'gzip' | 'zstd'; encoding: Encoding; dataStart: number },
  scanner: Scanner,
  nominal: readonly number[],
): Promise<ExactCuts> {
  const { encoding, dataStart } = place;
  const found: ExactCuts = { cuts: [nominal[0]!], lines: [0], records: [0] };
  // of a compressed object there is one chunk, whose end is not a place in its text
  const target = (): number =>
    found.cuts.length < nominal.length - 1 ? nominal[found.cuts.length]! : Infinity;
  const decoder = decoderOf(encoding, reader.location, dataStart);
  let text: Uint8Array = new Uint8Array();
  /** Of the begin of `text`, in the object and in the scan. */
  let [at, scanned] = [dataStart, 0];
  /** Of the end of what was decoded. */
  let offset = dataStart;
  scanner.onRecord = (end) => {
    const position = at + bytesIn(encoding, text.subarray(0, end - scanned));
    // one long record may pass several cuts: the chunks between are empty
    while (position >= target()) {
      found.cuts.push(position);
      found.lines.push(scanner.lines);
      found.records.push(scanner.records);
    }
    scanner.target = offset >= target() ? scanned + text.length : Infinity;
  };
  for await (const piece of wholeObject(reader, place)) {
    for (let start = 0; start < piece.length;) {
      // what is scanned at once ends at the nominal cut, so that its place in the text is known
      const next = nominal.find((cut) => cut > offset) ?? Infinity;
      const end = Math.min(piece.length, start + next - offset);
      text = decoder.push(piece.subarray(start, end));
      offset += end - start;
      start = end;
      scanned = scanner.offset;
      if (offset >= target()) scanner.target = Math.min(scanner.target, scanned + text.length);
      scanner.push(text);
      at += bytesIn(encoding, text);
    }
    await setImmediate();
  }
  decoder.finish();
  scanner.finish();
  while (found.cuts.length < nominal.length) {
    found.cuts.push(nominal.at(-1)!);
    found.lines.push(scanner.lines);
    found.records.push(scanner.records);
  }
  return found;
}
