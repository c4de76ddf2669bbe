import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkedSelect, checksumsOf } from '../../activities/engine/checksums.ts';
import { literal } from '../../activities/engine/engine.ts';
import { verifyFiles } from '../../activities/batch/verify-chunk.ts';
import type { ChunkWork } from '../../activities/batch/plan.ts';
import { csv } from '../../activities/formats/csv/csv.ts';
import { parquet } from '../../activities/formats/parquet/parquet.ts';
import { runs } from '../support/runs.ts';
import { withWorkbench } from '../support/files.ts';

const COLUMNS = [
  { name: 'i', type: 'BIGINT' },
  { name: 's "x"', type: 'VARCHAR' },
  { name: 'l', type: 'INTEGER[]' },
];
const names = COLUMNS.map(({ name }) => name);

function work(format: string): ChunkWork {
  return {
    chunk: 0,
    format,
    columns: [],
    pieces: [],
    select: { source: [], layers: [], columns: COLUMNS, warnings: [], rowIdentity: 'none' },
    destination: { format, options: {}, key: 'k' },
  };
}

const rows = (list: readonly (readonly [bigint | null, string | null])[]): string =>
  `SELECT i::BIGINT AS i, s::VARCHAR AS "s ""x""", [i, 1]::INTEGER[] AS l FROM (VALUES ${list
    .map(([i, s]) => `(${i}, ${s === null ? 'NULL' : literal(s)})`)
    .join(', ')}) AS t(i, s)`;

const table = fc.array(
  fc.tuple(
    fc.option(fc.integer({ min: -5, max: 5 }).map(BigInt)),
    fc.option(fc.constantFrom('', 'a', 'b "c"', 'x\ny', ' 1 ')),
  ),
  { minLength: 1, maxLength: 3_000, size: 'max' },
);

describe('checksums of columns', () => {
  test.each([
    [parquet, 'values'],
    [csv, 'text'],
  ] as const)('what is written can be read back the same ($name)', async (format, as) => {
    await withWorkbench(({ engine, directory }) =>
      fc.assert(
        fc.asyncProperty(table, fc.nat(), async (list, number) => {
          const file = join(directory, `result-${number}`);
          const checked = checkedSelect(rows(list), names, as);
          const count = await engine.run(
            `COPY (${checked}) TO ${literal(file)} (${format.copyOptions(0, {})})`,
          );
          const checksums = engine.checksums(COLUMNS.length);
          const written = { columns: names, checksums, rows: count };
          const files = [{ path: file, partition: '' }];
          await verifyFiles(engine, format, work(format.name), files, directory, written);

          // they do not depend on the order, but on every value and how often it occurs
          const shuffled = `(${rows(list.toReversed())})`;
          expect(await checksumsOf(engine, shuffled, names, as)).toEqual(checksums);
          const changed = `(${rows([[list[0]![0] === 9n ? 8n : 9n, list[0]![1]], ...list.slice(1)])})`;
          expect((await checksumsOf(engine, changed, names, as))[0]).not.toBe(checksums[0]);
          const doubled = `(${rows([...list, list[0]!, list[0]!])})`;
          expect((await checksumsOf(engine, doubled, names, as))[1]).not.toBe(checksums[1]);
        }),
        { numRuns: runs(30) },
      ),
    );
  });

  test('a result that differs is refused, and the column named', async () => {
    await withWorkbench(async ({ engine, directory }) => {
      const file = join(directory, 'result');
      const list = [
        [1n, 'a'],
        [2n, 'b'],
      ] as const;
      await engine.run(`COPY (${rows(list)}) TO ${literal(file)} (${parquet.copyOptions(0, {})})`);
      const checksums = await checksumsOf(
        engine,
        `(${rows([
          [1n, 'a'],
          [2n, 'c'],
        ])})`,
        names,
        'values',
      );
      await expect(
        verifyFiles(engine, parquet, work('parquet'), [{ path: file, partition: '' }], directory, {
          columns: names,
          checksums,
          rows: 2,
        }),
      ).rejects.toMatchObject({
        code: 'VerificationFailed',
        message: expect.stringContaining('the result read back differs in s "x"; nothing was published'),
      });
    });
  });
});
