import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MIN_PART_BYTES, assemble, carriedBytes, restPartNumber } from '../../activities/batch/assembly.ts';

const MIB = 1024 * 1024;
const bodies = fc.array(fc.oneof(fc.integer({ min: 0, max: MIB }), fc.integer({ min: 0, max: 40 * MIB })), {
  minLength: 1,
  maxLength: 60,
});

function chunksOf(sizes: number[], ordered: boolean) {
  return sizes.map((bodyBytes) => ({ bodyBytes, carriedBytes: carriedBytes(bodyBytes, ordered) }));
}

describe.each([true, false])('assembly, ordered: %s', (ordered) => {
  test('every byte of every body gets exactly one place, and parts keep to the limits of S3', () => {
    fc.assert(
      fc.property(bodies, (sizes) => {
        const chunks = chunksOf(sizes, ordered);
        const { parts, positions, bodyBytes } = assemble(chunks, ordered);
        expect(bodyBytes).toBe(sizes.reduce((sum, size) => sum + size, 0));

        // Parts by number, without doubles; all but the last are large enough.
        const numbers = parts.map((part) => part.number);
        expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
        expect(numbers.at(-1)).toBeLessThanOrEqual(10_000);
        const size = (part: (typeof parts)[number]): number =>
          part.kind === 'uploaded'
            ? chunks[part.chunk]!.bodyBytes - chunks[part.chunk]!.carriedBytes
            : part.chunks.reduce((sum, chunk) => sum + chunks[chunk]!.carriedBytes, 0);
        for (const part of parts.slice(0, -1)) expect(size(part)).toBeGreaterThanOrEqual(MIN_PART_BYTES);
        expect(parts.at(-1)!.kind).toBe('carried');

        // Walking the parts, each body's bytes lie together at its position.
        let offset = 0;
        const seen = sizes.map(() => 0);
        for (const part of parts) {
          for (const chunk of part.kind === 'uploaded' ? [part.chunk] : part.chunks) {
            expect(offset).toBe(positions[chunk]! + seen[chunk]!);
            const bytes =
              part.kind === 'uploaded'
                ? chunks[chunk]!.bodyBytes - chunks[chunk]!.carriedBytes
                : chunks[chunk]!.carriedBytes;
            seen[chunk]! += bytes;
            offset += bytes;
          }
          if (part.kind === 'uploaded') expect(part.number).toBe(restPartNumber(part.chunk));
        }
        expect(seen).toEqual(sizes);
        if (ordered)
          for (let chunk = 1; chunk < sizes.length; chunk += 1)
            if (sizes[chunk]! > 0 && sizes[chunk - 1]! > 0)
              expect(positions[chunk]!).toBeGreaterThan(positions[chunk - 1]!);
      }),
    );
  });

  test('the most chunks that a plan may have fit the part numbers', () => {
    const { parts } = assemble(
      chunksOf(
        Array.from({ length: 4_900 }, () => 20 * MIB),
        ordered,
      ),
      ordered,
    );
    expect(parts.at(-1)!.number).toBeLessThanOrEqual(10_000);
  });
});
