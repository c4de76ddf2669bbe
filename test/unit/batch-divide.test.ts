import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MIN_PART_BYTES } from '../../activities/batch/assembly.ts';
import { divide, joinParts } from '../../activities/batch/divide.ts';
import type { ChunkRecord } from '../../activities/batch/ledger.ts';

const OBJECTS = {
  prefix: 'out/',
  name: 'part-',
  extension: '.csv',
  partitionBy: [],
  dropPartitionColumns: false,
  prologue: { body: '', trailer: '' },
};

function record(chunk: number, bodies: Record<string, number>): ChunkRecord {
  return {
    chunk,
    rowsRead: 1,
    rowsWritten: 1,
    bytesRead: 1,
    bodies: Object.entries(bodies).map(([partition, bodyBytes]) => ({
      partition,
      bodyBytes,
      carriedBytes: bodyBytes,
      trailer: '',
    })),
  };
}

const chunksOf = (records: ChunkRecord[], options = {}) =>
  divide(records, { ...OBJECTS, ...options }).map(({ key, bodies }) => [
    key,
    bodies.map(({ chunk }) => chunk),
  ]);

describe('dividing a result into objects', () => {
  test('one object for each partition, bodies in row order', () => {
    const records = [record(0, { 'a=2': 5, 'a=1': 5 }), record(1, {}), record(2, { 'a=1': 5 })];
    expect(chunksOf(records, { partitionBy: ['a'] })).toEqual([
      ['out/a=1/part-00000.csv', [0, 2]],
      ['out/a=2/part-00000.csv', [0]],
    ]);
  });

  test('an object ends before the body that would make it too large; one body may be too large alone', () => {
    const records = [10, 10, 10, 50, 1].map((bytes, chunk) => record(chunk, { '': bytes }));
    expect(chunksOf(records, { maxObjectSize: 25 })).toEqual([
      ['out/part-00000.csv', [0, 1]],
      ['out/part-00001.csv', [2]],
      ['out/part-00002.csv', [3]],
      ['out/part-00003.csv', [4]],
    ]);
  });
});

describe('parts of an upload', () => {
  const size = fc.oneof(fc.nat(20), fc.nat(4 * MIN_PART_BYTES), fc.constant(MIN_PART_BYTES));

  test('hold every byte once and in order; none but the last is too small', () => {
    fc.assert(
      fc.property(fc.array(size, { maxLength: 40 }), (sizes) => {
        const parts = joinParts(sizes);
        let [of, at] = [0, 0];
        for (const segment of parts.flat()) {
          while (segment.of > of) {
            expect(at).toBe(sizes[of]);
            [of, at] = [of + 1, 0];
          }
          expect(segment).toMatchObject({ of, start: at });
          expect(segment.end).toBeGreaterThan(segment.start);
          at = segment.end;
        }
        const joined = parts.flat().reduce((sum, { start, end }) => sum + end - start, 0);
        expect(joined).toBe(sizes.reduce((sum, bytes) => sum + bytes, 0));
        const bytes = parts.map((part) => part.reduce((sum, { start, end }) => sum + end - start, 0));
        for (const held of bytes.slice(0, -1)) expect(held).toBeGreaterThanOrEqual(MIN_PART_BYTES);
        parts.forEach((part, index) => {
          if (part.length > 1) expect(bytes[index]).toBeLessThan(3 * MIN_PART_BYTES);
        });
      }),
    );
  });
});
