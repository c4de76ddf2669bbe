import { readRange } from '../bytes.ts';
import type { SourceDescription } from '../format.ts';
import { scanAll } from './blocks.ts';
import { LONGEST_RECORD } from './parser.ts';
import type { Reading } from './reading.ts';
import { contentOf, scannerFor, type Source } from './source.ts';

/** Bytes looked at from the begin of the object, and at each of some places further on. */
const HEAD = 1024 * 1024;
const SAMPLE = 256 * 1024;
const SAMPLES = 3;
const NEWLINE = 0x0a;
const OPEN_LIST = '[';

export interface Head {
  /** Bytes from the begin, decompressed: a MiB and more, with a newline if it is lines. */
  bytes: Buffer;
  /** Whether these are all bytes of the object. */
  whole: boolean;
}

export async function headOf({ reader, compression }: Pick<Source, 'reader' | 'compression'>): Promise<Head> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of contentOf(reader, compression)) {
    pieces.push(piece);
    length += piece.length;
    if (length < HEAD || length === reader.size) continue;
    const bytes = Buffer.concat(pieces);
    if (bytes.includes(NEWLINE) || length > LONGEST_RECORD || layoutOf(bytes) === 'array') {
      return { bytes, whole: false };
    }
  }
  return { bytes: Buffer.concat(pieces), whole: true };
}

/** An array begins with a bracket, a line with the brace of its object. */
export function layoutOf(head: Buffer): Reading['layout'] {
  const begin = /[^\s\uFEFF]/.exec(head.toString('utf8', 0, 1024))?.[0];
  return begin === OPEN_LIST ? 'array' : 'lines';
}

/** The head and, of large objects of lines, some places further on; they add to the source's shape. */
export async function sampleObject(
  source: Source,
  head: Head,
  cuts: number[],
): Promise<Pick<SourceDescription, 'cuts' | 'rows'>> {
  const { reader, layout, compression, shape } = source;
  const sample = (bytes: Buffer, base: number, last: boolean) => {
    const scanner = scannerFor(layout, { shape, base, begins: base === 0, ends: last, targets: [] });
    const where = { location: reader.location, base, fromFirstLine: base === 0, sample: !last };
    return scanAll(once(bytes), scanner, where).then(() => scanner.rows);
  };
  const rows = await sample(head.bytes, 0, head.whole);
  if (head.whole) return { cuts, rows };
  if (layout === 'array' || compression !== undefined || reader.size < 2 * HEAD + SAMPLES * SAMPLE) {
    return { cuts };
  }
  const step = (reader.size - HEAD - SAMPLE) / SAMPLES;
  for (let index = 1; index <= SAMPLES; index++) {
    const start = Math.round(HEAD + index * step);
    const bytes = await readRange(reader, start, start + SAMPLE);
    const line = bytes.indexOf(NEWLINE) + 1;
    if (line > 0) await sample(bytes.subarray(line), start + line, false);
  }
  return { cuts };
}

async function* once(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes;
}
