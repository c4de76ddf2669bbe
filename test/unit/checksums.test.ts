import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkedSelect, checksumsOf } from '../../activities/engine/checksums.ts';
import { identifier, literal } from '../../activities/engine/engine.ts';
import { verifyFiles } from '../../activities/batch/verify-chunk.ts';
import type { ChunkWork } from '../../activities/batch/plan.ts';
import type { FormatOptions } from '../../workflows/contract/formats.ts';
import type { Format } from '../../activities/formats/format.ts';
import { json } from '../../activities/formats/json/json.ts';
import { orc } from '../../activities/formats/orc/orc.ts';
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

function work(format: string, options: FormatOptions = {}): ChunkWork {
  return {
    chunk: 0,
    format,
    columns: [],
    pieces: [],
    select: { source: [], layers: [], columns: COLUMNS, warnings: [], rowIdentity: 'none' },
    destination: { format, options, key: 'k' },
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
  test.each<[Format, FormatOptions]>([
    [parquet, {}],
    [csv, {}],
    [csv, { csv: { encoding: 'UTF-16BE', compression: 'zstd', delimiter: ';', nullValue: 'NULL' } }],
    [json, {}],
    [json, { json: { layout: 'array', compression: 'gzip' } }],
    [orc, {}],
  ])('what is written can be read back the same (%#)', async (format, options) => {
    const compared = COLUMNS.map((column) => format.compared(column, 'rows'));
    await withWorkbench(({ engine, directory }) =>
      fc.assert(
        fc.asyncProperty(table, fc.nat(), async (list, number) => {
          const result = join(directory, `result-${number}`);
          const checked = checkedSelect(rows(list), names, compared);
          const copied = `COPY (${checked}) TO ${literal(result)} (${format.copyOptions(0, options)})`;
          const written = { columns: COLUMNS, rows: await engine.run(copied) };
          const checksums = engine.checksums(COLUMNS.length);
          const path = (await format.encode?.(result, directory, options, 0)) ?? result;
          const files = [{ path, partition: '' }];
          const chunk = work(format.name, options);
          await verifyFiles(engine, format, chunk, files, directory, { ...written, checksums });

          // they do not depend on the order, but on every value and how often it occurs
          const sums = (of: typeof list): Promise<string[]> => checksumsOf(engine, `(${rows(of)})`, compared);
          expect(await sums(list.toReversed())).toEqual(checksums);
          const [[number0, text], ...others] = list as [(typeof list)[0], ...typeof list];
          expect((await sums([[number0 === 9n ? 8n : 9n, text], ...others]))[0]).not.toBe(checksums[0]);
          expect((await sums([...list, list[0]!, list[0]!]))[1]).not.toBe(checksums[1]);
        }),
        { numRuns: runs(20) },
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
      const changed = `(${rows([
        [1n, 'a'],
        [2n, 'c'],
      ])})`;
      const checksums = await checksumsOf(engine, changed, names.map(identifier));
      await expect(
        verifyFiles(engine, parquet, work('parquet'), [{ path: file, partition: '' }], directory, {
          columns: COLUMNS,
          checksums,
          rows: 2,
        }),
      ).rejects.toMatchObject({
        code: 'VerificationFailed',
        message: expect.stringContaining('the result read back differs in s "x"; nothing was published'),
      });
    });
  });

  // timestamps come back in the unit that their values allow, also where they are nested
  test.each([
    ['DOUBLE', '1.5', '1.25'],
    ['DECIMAL(20,2)', '1.50', '1.51'],
    ['BLOB', `'a'`, `'b'`],
    ['TIMESTAMP', `'2024-01-02 03:04:05.123456'`, `'2024-01-02 03:04:05.123457'`],
    ['TIMESTAMP', `'9999-01-02 03:04:05'`, `'9999-01-02 03:04:06'`],
    ['TIMESTAMP_NS', `'2024-01-02 03:04:05.123456789'`, `'2024-01-02 03:04:05.123456788'`],
    ['TIMESTAMP WITH TIME ZONE', `'2024-01-02 03:04:05+00'`, `'2024-01-02 03:04:06+00'`],
    ['STRUCT(a TIMESTAMP[])', `{a: ['2024-01-02'::TIMESTAMP]}`, `{a: ['2024-01-03'::TIMESTAMP]}`],
    ['MAP(VARCHAR, INTEGER)', 'MAP {1: 2}', 'MAP {1: 3}'],
  ])('ORC: %s is held against what was written', async (type, value, other) => {
    await withWorkbench(async ({ engine, directory }) => {
      const columns = [{ name: 'x', type }];
      const rowsWith = (last: string): string =>
        `SELECT CAST(unnest([NULL, ${value}, ${last}]) AS ${type}) AS x`;
      const compared = columns.map((column) => orc.compared(column, 'rows'));
      const result = join(directory, 'result');
      await engine.run(`COPY (${rowsWith(value)}) TO ${literal(result)} (${orc.copyOptions(0, {})})`);
      const files = [{ path: await orc.encode!(result, directory, {}, 0), partition: '' }];
      const verified = async (of: string): Promise<void> => {
        const checksums = await checksumsOf(engine, `(${of})`, compared);
        await verifyFiles(engine, orc, work('orc'), files, directory, { columns, checksums, rows: 3 });
      };
      await verified(rowsWith(value));
      await rm(join(directory, 'read-back-0'), { recursive: true, force: true });
      await expect(verified(rowsWith(other))).rejects.toMatchObject({
        message: expect.stringContaining('the result read back differs in x; nothing was published'),
      });
    });
  });
});
