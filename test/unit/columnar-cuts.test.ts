import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { chunkShare, cutSizes } from '../../activities/formats/columnar/cuts.ts';
import { runs } from '../support/runs.ts';

const total = (sizes: readonly number[]): number => sizes.reduce((sum, size) => sum + size, 0);

describe('cuts of columnar files', () => {
  test('nothing is one empty chunk; equal sizes are divided evenly', () => {
    expect(cutSizes([], 64, 10)).toEqual([0, 0]);
    expect(cutSizes([10, 10, 10, 10, 10, 10], 40, 10)).toEqual([0, 3, 6]);
    expect(cutSizes([100, 1, 1], 40, 10)).toEqual([0, 1, 3]);
  });

  test('what is decoded counts where it is much more than what is stored', () => {
    expect(chunkShare(10, 30)).toBe(20);
    expect(chunkShare(10, 4_000)).toBe(1_000);
  });

  test('chunks are neighbours, keep the limit unless they may not, and are as few as can be', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 60 });
    fc.assert(
      fc.property(
        sizes,
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 20 }),
        (all, limit, most) => {
          const cuts = cutSizes(all, limit, most);
          expect(cuts[0]).toBe(0);
          expect(cuts.at(-1)).toBe(all.length);
          expect(cuts.length - 1).toBeLessThanOrEqual(most);
          const chunks = cuts.slice(1).map((end, index) => all.slice(cuts[index], end));
          expect(chunks.flat()).toEqual(all);
          const within = (bound: number): boolean =>
            chunks.every((chunk) => total(chunk) <= bound || chunk.filter((size) => size > 0).length === 1);
          if (greedy(all, limit) <= most) expect(within(limit)).toBe(true);
          // no bound below the largest chunk would do with as few
          const largest = Math.max(0, ...chunks.map(total));
          if (chunks.length > 1 && largest > Math.max(...all))
            expect(greedy(all, largest - 1)).toBeGreaterThan(chunks.length);
        },
      ),
      { numRuns: runs(300) },
    );
  });
});

/** Chunks that it takes with no chunk above the bound, if no single one is. */
function greedy(sizes: readonly number[], bound: number): number {
  let chunks = 1;
  let filled = 0;
  for (const size of sizes) {
    if (filled > 0 && filled + size > bound) [chunks, filled] = [chunks + 1, 0];
    filled += size;
  }
  return chunks;
}
