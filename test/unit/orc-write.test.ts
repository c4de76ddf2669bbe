import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { literal } from '../../activities/engine/engine.ts';
import { orc } from '../../activities/formats/orc/orc.ts';
import type { ColumnStatistics } from '../../activities/formats/orc/messages.ts';
import { metadata as metadataCodec } from '../../activities/formats/orc/proto.ts';
import { mergeStatistics } from '../../activities/formats/orc/write/statistics.ts';
import { measure, parseTail } from '../../activities/formats/orc/write/tail.ts';
import { storedNanos } from '../../activities/formats/orc/write/timestamp-column.ts';
import { MemoryReader, readAll, withWorkbench, writeObject } from '../support/files.ts';
import { runs } from '../support/runs.ts';

const values = (list: readonly string[]): string =>
  `SELECT x FROM (VALUES ${list.map((sql, index) => `(${index}, ${sql})`).join(', ')}) AS t(i, x) ORDER BY i`;

async function writtenValues(queries: readonly string[]): Promise<unknown[]> {
  return withWorkbench(async (bench) => {
    const { object } = await writeObject(orc, queries, bench);
    const { rows } = await readAll(orc, new MemoryReader(object), bench);
    return rows.map(([value]) => value);
  });
}

describe('times', () => {
  test('around 1970 and in fractions they come back as they were', async () => {
    const micros = fc.oneof(
      fc.integer({ min: -5_000_000, max: 5_000_000 }),
      fc.integer({ min: -(10 ** 15), max: 10 ** 15 }),
      fc.integer({ min: -5000, max: 5000 }).map((millis) => millis * 1000),
    );
    // the last second before 1970 is the next test's
    const held = micros.filter((value) => value >= 0 || value < -999_000);
    await fc.assert(
      fc.asyncProperty(fc.array(held, { minLength: 1, maxLength: 50 }), async (list) => {
        const found = await writtenValues([values(list.map((value) => `make_timestamp(${value})`))]);
        const expected = await withWorkbench(({ engine }) =>
          engine.query(values(list.map((value) => `make_timestamp(${value})::TIMESTAMP_NS`))),
        );
        expect(found).toEqual(expected.map(({ x }) => x));
      }),
      { numRuns: runs(10) },
    );
  });

  test.each([
    ["TIMESTAMP '1969-12-31 23:59:59.5'", '1969-12-31 23:59:59.5:'],
    ["TIMESTAMP '1969-12-31 23:59:59.001'", '1969-12-31 23:59:59.001:'],
    ["TIMESTAMP 'infinity'", 'infinite time'],
    ["TIMESTAMP '-infinity'", 'infinite time'],
  ])('%s is refused with the column', async (sql, text) => {
    await expect(writtenValues([`SELECT {'at': ${sql}} AS t`])).rejects.toMatchObject({
      code: 'Unsupported',
      message: expect.stringMatching(new RegExp(`^column "t.at" has .*${text}`)),
    });
  });

  test.each([
    [0, 0],
    [1000, 0x0a],
    [100_000, 0x0c],
    [123_456_789, 123_456_789 * 8],
    [100_000_000, 8 + 7],
    [990, 990 * 8],
  ])('%d nanoseconds are stored as %d', (nanos, stored) => {
    expect(storedNanos(nanos)).toBe(stored);
  });
});

describe('nested values', () => {
  const TYPE = 'STRUCT(a BIGINT, l VARCHAR[][], m MAP(VARCHAR, STRUCT(x BOOLEAN)[]))[]';
  const orNull = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { freq: 3 });
  const some = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(value, { maxLength: 3 });
  const rows = fc.array(
    orNull(
      some(
        orNull(
          fc.record({
            a: orNull(fc.integer()),
            l: orNull(some(orNull(some(orNull(fc.constantFrom('', 'a', 'é "x"')))))),
            m: orNull(
              fc.dictionary(
                fc.constantFrom('k', 'K', ''),
                orNull(some(orNull(fc.record({ x: orNull(fc.boolean()) })))),
              ),
            ),
          }),
        ),
      ),
    ),
    { minLength: 1, maxLength: 30 },
  );

  test('come back as they were, wherever NULL or nothing is', async () => {
    await fc.assert(
      fc.asyncProperty(rows, async (list) => {
        const query = values(list.map((value) => `CAST(${literal(JSON.stringify(value))}::JSON AS ${TYPE})`));
        const expected = await withWorkbench(({ engine }) => engine.query(query));
        expect(await writtenValues([query])).toEqual(expected.map(({ x }) => x));
      }),
      { numRuns: runs(60) },
    );
  });
});

describe('statistics', () => {
  const SELECT = `SELECT (i * 7919 % 1000 - 500)::INTEGER AS int, (i * 1e12)::BIGINT AS long, (i % 9 - 4) / 8 AS double,
    CASE WHEN i % 4 > 0 THEN 'é' || (i * 31 % 977) END AS text, 'few ' || i % 3 AS few,
    ['c', 'b'][i % 2 + 1]::ENUM('zz', 'c', 'b', 'a') AS state, (i - 500) * 0.25 AS decimal,
    (i - 5)::DECIMAL(38, 2) * 1e20::DECIMAL(30, 0) AS wide, DATE '1969-12-01' + i::INTEGER AS day, i % 3 = 0 AS flag,
    TIMESTAMP '1969-12-01 00:00:00.0015' + INTERVAL (i) HOUR AS at, [i, i][: i % 3] AS list, 'x'::BLOB AS blob,
    NULL::INTEGER AS nothing`;

  const statisticsOf = async (bounds: readonly number[]): Promise<Record<string, ColumnStatistics>> =>
    withWorkbench(async (bench) => {
      const queries = bounds.slice(1).map((to, i) => `${SELECT} FROM range(${bounds[i]}, ${to}) AS n(i)`);
      const { object } = await writeObject(orc, queries, bench);
      const tail = object.subarray(-measure(object).tailBytes);
      const { footer, compression, metadata } = parseTail(tail);
      const names = footer.types[0]!.fieldNames;
      const stripes = metadataCodec.decode(compression.decompress(metadata)).stripeStats;
      expect(stripes).toHaveLength(footer.stripes.length);
      expect(
        footer.statistics.map((_, id) => mergeStatistics(stripes.map(({ colStats }) => colStats[id]!))),
      ).toEqual(footer.statistics);
      return Object.fromEntries(
        names.map((name, i) => [name, footer.statistics[footer.types[0]!.subtypes[i]!]!]),
      );
    });

  test('of any chunks they are those of all rows', async () => {
    const whole = await statisticsOf([0, 1000]);
    expect(await statisticsOf([0, 0, 400, 401, 1000, 1000])).toEqual(whole);
    expect(whole['int']).toMatchObject({
      numberOfValues: 1000n,
      hasNull: false,
      intStatistics: { minimum: -500n, maximum: 499n, sum: -500n },
    });
    expect(whole['long']?.intStatistics).toEqual({
      minimum: 0n,
      maximum: 999n * 10n ** 12n,
      sum: 499_500n * 10n ** 12n,
    });
    expect(whole['double']?.doubleStatistics).toMatchObject({ minimum: -0.5, maximum: 0.5 });
    expect(whole['text']).toMatchObject({ numberOfValues: 750n, hasNull: true });
    expect(whole['text']?.stringStatistics).toMatchObject({ minimum: 'é0', maximum: 'é99' });
    expect(whole['few']?.stringStatistics).toEqual({ minimum: 'few 0', maximum: 'few 2', sum: 5000n });
    expect(whole['state']?.stringStatistics).toEqual({ minimum: 'b', maximum: 'c', sum: 1000n });
    expect(whole['decimal']?.decimalStatistics).toEqual({
      minimum: '-125.00',
      maximum: '124.75',
      sum: '-125.00',
    });
    expect(whole['day']?.dateStatistics).toEqual({ minimum: -31, maximum: 968 });
    expect(whole['flag']?.bucketStatistics).toEqual({ count: [334n] });
    expect(whole['at']?.timestampStatistics).toEqual({
      minimumUtc: -31n * 86_400_000n + 1n,
      maximumUtc: (-31n * 24n + 999n) * 3_600_000n + 1n,
    });
    expect(whole['list']?.collectionStatistics).toEqual({
      minChildren: 0n,
      maxChildren: 2n,
      totalChildren: 999n,
    });
    expect(whole['blob']?.binaryStatistics).toEqual({ sum: 1000n });
    expect(whole['nothing']).toEqual({ numberOfValues: 0n, hasNull: true });
  });

  test('bounds that would be wrong are left out', async () => {
    const one = { numberOfValues: 1n, hasNull: false };
    const nan = { ...one };
    const some = { ...one, doubleStatistics: { minimum: 1, maximum: 2, sum: 3 } };
    expect(mergeStatistics([some, nan])).toEqual({ numberOfValues: 2n, hasNull: false });
    const nothing = { numberOfValues: 0n, hasNull: true };
    expect(mergeStatistics([nothing, some])).toEqual({ ...some, hasNull: true });
    const large = { ...one, intStatistics: { minimum: 1n, maximum: 2n ** 62n, sum: 2n ** 62n } };
    const withoutSum = { minimum: 1n, maximum: 2n ** 62n };
    expect(mergeStatistics([large, large]).intStatistics).toEqual(withoutSum);
    const small = { ...one, intStatistics: { minimum: 5n, maximum: 5n, sum: 5n } };
    expect(mergeStatistics([large, large, small]).intStatistics).toEqual(withoutSum);
  });
});

describe('joining', () => {
  test('another schema is refused', async () => {
    await withWorkbench(async (bench) => {
      await expect(writeObject(orc, ['SELECT 1 AS a', "SELECT 'x' AS a"], bench)).rejects.toMatchObject({
        code: 'VerificationFailed',
        message: expect.stringContaining('chunk 1'),
      });
    });
  });

  test('bodies lie in any order, with anything between', async () => {
    await withWorkbench(async (bench) => {
      const between = (from: number, to: number): string =>
        `SELECT i, 'row ' || i AS text FROM range(${from}, ${to}) AS numbers(i)`;
      const queries = [between(0, 300), between(300, 301), between(301, 301), between(301, 500)];
      const { object, chunks } = await writeObject(orc, queries, bench, { order: [3, 1, 0, 2], padding: 17 });
      expect(object.toString('latin1', 0, 3)).toBe('ORC');
      const { rows } = await readAll(orc, new MemoryReader(object), bench);
      expect(rows.map(([i]) => Number(i))).toEqual(Array.from({ length: 500 }, (_, i) => i));
      expect(chunks.map(({ trailer }) => orc.rowsInTrailer?.(trailer))).toEqual([300, 1, 0, 199]);
    });
  });

  test('a result without a tail is an error, not a wrong count', () => {
    for (const bytes of ['', 'x', 'ORC\x03', 'xxxxxxxx\x05']) {
      expect(() => orc.rowsInTrailer?.(Buffer.from(bytes, 'latin1'))).toThrow();
    }
  });
});
