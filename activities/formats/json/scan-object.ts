import type { SourceDescription } from '../format.ts';
import { scanAll } from './blocks.ts';
import { LONGEST_RECORD } from './parser.ts';
import { contentOf, scannerFor, type Source } from './source.ts';

/** Reads everything once: all types, and chunks between records of which it is known how many they hold. */
export async function scanObject(
  { reader, layout, compression, shape }: Source,
  nominal: readonly number[],
  longest = LONGEST_RECORD,
): Promise<Pick<SourceDescription, 'cuts' | 'rows' | 'firstRows'>> {
  const targets = nominal.slice(1, -1);
  const scanner = scannerFor(layout, { shape, base: 0, begins: true, ends: true, targets, longest });
  await scanAll(contentOf(reader, compression), scanner, {
    location: reader.location,
    base: 0,
    fromFirstLine: true,
    longest,
  });
  return {
    cuts: [0, ...scanner.cuts.map(({ offset }) => offset), reader.size],
    rows: scanner.rows,
    firstRows: [0, ...scanner.cuts.map(({ rows }) => rows)],
  };
}
