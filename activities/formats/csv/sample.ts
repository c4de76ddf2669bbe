import { readRange } from '../bytes.ts';
import type { RangeReader } from '../format.ts';
import { decoderOf } from './decoder.ts';
import type { Dialect } from './dialect.ts';
import { afterNewline, unitOf } from './encoding.ts';
import type { Encoding } from './encoding.ts';
import { HEAD } from './head.ts';
import { Scanner } from './scanner.ts';

/** Bytes looked at at each of some places behind the head. */
const SAMPLE = 256 * 1024;
const SAMPLES = 3;

/** What some places further on in a large object look like; places that say nothing are left out. */
export async function sample(
  reader: RangeReader,
  encoding: Encoding,
  dialect: Dialect,
  fields: number,
): Promise<Scanner[]> {
  if (reader.size < 2 * HEAD + SAMPLES * SAMPLE) return [];
  const unit = unitOf(encoding);
  const step = (reader.size - HEAD - SAMPLE) / SAMPLES;
  const scanners = Array.from({ length: SAMPLES }, async (_, index) => {
    const start = Math.round((HEAD + (index + 1) * step) / unit) * unit;
    const bytes = await readRange(reader, start, Math.min(start + SAMPLE, reader.size));
    const begin = afterNewline(encoding, bytes, 0);
    if (begin < 0) return undefined;
    return scanSample(
      decoderOf(encoding, reader.location, start + begin).push(bytes.subarray(begin)),
      dialect,
      fields,
    );
  });
  return (await Promise.all(scanners)).filter((scanner) => scanner !== undefined);
}

/** A sample that could as well begin inside a quoted value says nothing. */
function scanSample(text: Uint8Array, dialect: Dialect, fields: number): Scanner | undefined {
  const scanner = new Scanner(fields, { dialect });
  scanner.push(text);
  if (scanner.flaw !== undefined) return undefined;
  if (dialect.quote === '' || !text.includes(dialect.quote.charCodeAt(0))) return scanner;
  const other = new Scanner(fields, { dialect, inQuotes: true });
  other.push(text);
  return other.flaw === undefined ? undefined : scanner;
}
