import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { literal } from '../../activities/engine/engine.ts';
import { orc } from '../../activities/formats/orc/orc.ts';
import type { OrcOptions } from '../../workflows/contract/formats.ts';
import { withWorkbench, writeObject } from '../support/files.ts';
import { obtainPyarrow } from '../support/obtain-pyarrow.ts';
import { heldByOrc } from '../support/orc.ts';

const SCRIPT = fileURLToPath(new URL('../support/compare-orc.py', import.meta.url));

let pyarrow: string;

beforeAll(async () => {
  pyarrow = await obtainPyarrow({ env: process.env, log: (line) => process.stderr.write(`${line}\n`) });
}, 600_000);

interface Found {
  rows: number;
  stripes: number;
  compression: string;
  version: string;
  columns: Record<string, string>;
  differences: string[];
}

/** Writes a chunk for every range of i as ORC, and all of it as Parquet by the engine; pyarrow compares the two. */
async function compare(
  select: string,
  bounds: readonly number[],
  options: { compression?: NonNullable<OrcOptions['compression']>; order?: readonly number[] } = {},
): Promise<Found> {
  return withWorkbench(async (bench) => {
    const between = (from: number, to: number): Promise<string> =>
      heldByOrc(bench.engine, `${select} FROM range(${from}, ${to}) AS numbers(i)`);
    const queries = await Promise.all(bounds.slice(1).map((to, index) => between(bounds[index]!, to)));
    const { compression, order } = options;
    const { object } = await writeObject(orc, queries, bench, {
      options: { orc: { ...(compression === undefined ? {} : { compression }) } },
      ...(order === undefined ? {} : { order, padding: 11 }),
    });
    const file = join(bench.directory, 'object.orc');
    const expected = join(bench.directory, 'expected.parquet');
    await writeFile(file, object);
    const all = await between(bounds[0]!, bounds.at(-1)!);
    await bench.engine.run(`COPY (${all}) TO ${literal(expected)} (FORMAT parquet)`);
    const { stdout } = await promisify(execFile)('python3', [SCRIPT, file, expected], {
      env: { ...process.env, PYTHONPATH: pyarrow },
    });
    return JSON.parse(stdout) as Found;
  });
}

/** Every type, each with NULL among its values and with its extremes. */
const TYPES: Record<string, { sql: string; arrow: string }> = {
  flag: { sql: 'i % 3 = 0', arrow: 'bool' },
  tiny: { sql: '(i % 256 - 128)::TINYINT', arrow: 'int8' },
  small: { sql: '(i * 7 % 65536 - 32768)::SMALLINT', arrow: 'int16' },
  int: {
    sql: 'CASE i % 4 WHEN 0 THEN -2147483648 WHEN 1 THEN 2147483647 ELSE i END::INTEGER',
    arrow: 'int32',
  },
  steps: { sql: '(i // 3 * 1000)::BIGINT', arrow: 'int64' },
  big: {
    sql: 'CASE i % 4 WHEN 0 THEN -9223372036854775808 WHEN 1 THEN 9223372036854775807 ELSE i * 1000003 END::BIGINT',
    arrow: 'int64',
  },
  random: { sql: '(hash(i)::HUGEINT - 9223372036854775808)::BIGINT', arrow: 'int64' },
  utiny: { sql: '(i % 256)::UTINYINT', arrow: 'int16' },
  usmall: { sql: '(65535 - i % 3)::USMALLINT', arrow: 'int32' },
  uint: { sql: '(4294967295 - i)::UINTEGER', arrow: 'int64' },
  ubig: { sql: '(18446744073709551615 - i)::UBIGINT', arrow: 'decimal128(20, 0)' },
  huge: { sql: '99999999999999999999999999999999999999::HUGEINT - i', arrow: 'decimal128(38, 0)' },
  float: {
    sql: "CASE i % 5 WHEN 0 THEN 'nan' WHEN 1 THEN '-inf' ELSE (i / 7)::VARCHAR END::FLOAT",
    arrow: 'float',
  },
  double: {
    sql: "CASE i % 5 WHEN 0 THEN 'nan' WHEN 1 THEN '-0' ELSE (i / 7)::VARCHAR END::DOUBLE",
    arrow: 'double',
  },
  text: { sql: "CASE i % 4 WHEN 0 THEN '' ELSE 'été ✓ 🎉 ' || i END", arrow: 'string' },
  long: { sql: 'repeat(chr((97 + i % 26)::INTEGER), (i % 7 * 300)::INTEGER) || i', arrow: 'string' },
  few: { sql: "'value ' || i % 5", arrow: 'string' },
  enum: { sql: "(['b', 'a', 'c'][i % 3 + 1])::ENUM('unused', 'c', 'b', 'a')", arrow: 'string' },
  json: { sql: `('{"a": ' || i || '}')::JSON`, arrow: 'string' },
  blob: { sql: "encode('x' || i % 9) || '\\x00\\xFF'::BLOB", arrow: 'binary' },
  money: { sql: '(i * 1.25 - 100)::DECIMAL(9, 2)', arrow: 'decimal128(9, 2)' },
  wide: { sql: '(i * 1000000007 - 123456789012)::DECIMAL(18, 4)', arrow: 'decimal128(18, 4)' },
  widest: {
    sql: "CASE i % 3 WHEN 0 THEN '-99999999999999999999999999999999.999999' WHEN 1 THEN '12345678901234567890.5' ELSE i::VARCHAR END::DECIMAL(38, 6)",
    arrow: 'decimal128(38, 6)',
  },
  day: { sql: "DATE '1582-10-01' + (i * 40)::INTEGER", arrow: 'date32[day]' },
  early: {
    sql: "TIMESTAMP '1969-12-30 12:00:00.000123' + INTERVAL (i * 777) MILLISECOND",
    arrow: 'timestamp[ns]',
  },
  at: { sql: "TIMESTAMP '1700-01-01 00:00:00.5' + INTERVAL (i) DAY", arrow: 'timestamp[ns]' },
  second: { sql: "(TIMESTAMP '2000-01-01' + INTERVAL (i) SECOND)::TIMESTAMP_S", arrow: 'timestamp[ns]' },
  nanos: { sql: 'make_timestamp_ns(i * 1000000007 - 123456789012345678)', arrow: 'timestamp[ns]' },
  instant: {
    sql: "(TIMESTAMP '2024-03-31 00:00:00.001' + INTERVAL (i) MINUTE)::TIMESTAMPTZ",
    arrow: 'timestamp[ns, tz=UTC]',
  },
  time: { sql: "TIME '00:00:00.000001' + INTERVAL (i) SECOND", arrow: 'string' },
  uuid: { sql: 'md5(i::VARCHAR)::UUID', arrow: 'string' },
  interval: { sql: 'INTERVAL (i) DAY', arrow: 'string' },
  list: { sql: '[i, NULL, i + 1][: i % 4]', arrow: 'list<item: int64>' },
  fixed: { sql: 'array_value(i, NULL)', arrow: 'list<item: int64>' },
  struct: {
    sql: "{'a': CASE WHEN i % 4 > 0 THEN i END, 'B c': 'x' || i}",
    arrow: 'struct<a: int64, B c: string>',
  },
  map: { sql: "map([i, -i - 1], ['x', NULL])", arrow: 'map<int64, string>' },
  nested: {
    sql: "CASE i % 4 WHEN 0 THEN [] WHEN 1 THEN [NULL] ELSE [[{'m': map(['k'], [[i, NULL]]), 'n': {'d': i::DECIMAL(4, 1)}}], [], NULL] END",
    arrow:
      'list<item: list<item: struct<m: map<string, list<item: int64>>, n: struct<d: decimal128(4, 1)>>>>',
  },
  empty: { sql: 'NULL::VARCHAR', arrow: 'string' },
};

const ALL_TYPES = `SELECT ${Object.entries(TYPES)
  .map(([name, { sql }]) =>
    // the engine has no CASE for arrays
    name === 'fixed' ? `${sql} AS fixed` : `CASE WHEN i % 11 <> 5 THEN ${sql} END AS "${name}"`,
  )
  .join(', ')}`;

describe('pyarrow reads what is written', () => {
  test.each(['zstd', 'zlib', 'none'] as const)('every type, compression %s', async (compression) => {
    const found = await compare(ALL_TYPES, [0, 900], { compression });
    expect(found).toEqual({
      rows: 900,
      stripes: 1,
      compression: compression === 'none' ? 'UNCOMPRESSED' : compression.toUpperCase(),
      version: '0.12',
      columns: Object.fromEntries(Object.entries(TYPES).map(([name, { arrow }]) => [name, arrow])),
      differences: [],
    });
  });

  test('chunks of several stripes or without rows, wherever in the object they lie', async () => {
    const select = `SELECT i, CASE WHEN i % 3 > 0 THEN 'row ' || i END AS text, [i // 2] AS list`;
    const found = await compare(select, [0, 0, 300_000, 300_001, 300_001, 300_500], {
      order: [4, 1, 3, 0, 2],
    });
    expect(found).toMatchObject({ rows: 300_500, stripes: 5, differences: [] });
  });

  test('no rows at all', async () => {
    const found = await compare(ALL_TYPES, [0, 0, 0]);
    expect(found).toMatchObject({ rows: 0, stripes: 0, differences: [] });
    expect(Object.keys(found.columns)).toEqual(Object.keys(TYPES));
  });

  test('values without NULL, larger than a compression block', async () => {
    const select = "SELECT repeat(md5(i::VARCHAR), 20000) AS text, repeat('x', 700000 + i::INTEGER) AS same";
    expect(await compare(select, [0, 7])).toMatchObject({ rows: 7, differences: [] });
  });
});
