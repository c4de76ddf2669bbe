import { z } from 'zod';
import { literal } from '../engine/engine.ts';
import { isText, mustBe, numeric } from './options.ts';
import type { Transform } from './transform.ts';

const textWanted = mustBe('a text without NUL characters');

const options = z.strictObject({
  fraction: numeric('a number from 0 to 1', (value) => value >= 0 && value <= 1)
    .default(0.25)
    .describe('Share of the rows that are kept, from 0 to 1. Default 0.25.'),
  seed: z
    .union([z.string(), z.number()], textWanted)
    .transform(String)
    .refine(isText, textWanted)
    .default('0')
    .describe('Another seed keeps other rows. Default 0.'),
});

/**
 * Keeps each row with the same probability. Which ones depends on the seed, the object's version and the row's number in
 * it: the same on every attempt and whatever the chunks.
 */
export const sampleRows: Transform<z.output<typeof options>> = {
  action: 'SampleRows',
  aliases: ['Sample', 'SampleRow'],
  description: 'Keeps a random share of the rows.',
  needsColumns: false,
  options,
  rowIdentity: () => 'numbered',
  effect(_relation, columns, { fraction, seed }, { path, row }) {
    const warnings = columns.length > 0 ? [`${path}.columns: SampleRows needs no columns`] : [];
    return Promise.resolve({ where: condition(fraction, seed, row), warnings });
  },
};

/** 64 bits of a digest, of which the fraction is below a threshold. */
function condition(fraction: number, seed: string, row: { object: string; number: string }): string {
  // 2^64 itself is no 64-bit number.
  if (fraction === 1) return 'true';
  const threshold = BigInt(Math.floor(fraction * 2 ** 64));
  const digest = `md5_number_lower(concat_ws('|', ${literal(seed)}, ${row.object}, ${row.number}))`;
  return `${digest} < ${threshold}::UBIGINT`;
}
