import { expect, test } from '@jest/globals';
import { arrowType } from '../../activities/formats/arrow-types.ts';
import { withWorkbench } from '../support/files.ts';

test.each([
  ['BIGINT', 'int64'],
  ['UTINYINT', 'uint8'],
  ['DOUBLE', 'double'],
  ['VARCHAR', 'utf8'],
  ['BOOLEAN', 'bool'],
  ['DATE', 'date32[day]'],
  ['TIME', 'time64[us]'],
  ['TIMESTAMP', 'timestamp[us]'],
  ['TIMESTAMP_NS', 'timestamp[ns]'],
  ['TIMESTAMP WITH TIME ZONE', 'timestamp[us, UTC]'],
  ['DECIMAL(18,2)', 'decimal128(18, 2)'],
  ['INTEGER[]', 'list<item: int32>'],
  ['INTEGER[][3]', 'fixed_size_list<item: list<item: int32>>[3]'],
  ["ENUM('a', 'it''s, ok)')", 'utf8'],
  ['MAP(VARCHAR, DECIMAL(4,1)[])', 'map<utf8, list<item: decimal128(4, 1)>>'],
  ['STRUCT(a INTEGER, "b, c" VARCHAR[])[]', 'list<item: struct<a: int32, b, c: list<item: utf8>>>'],
  [
    'STRUCT("say ""x""" TIMESTAMP WITH TIME ZONE, n STRUCT(m MAP(INTEGER, UUID)))',
    'struct<say "x": timestamp[us, UTC], n: struct<m: map<int32, fixed_size_binary[16]>>>',
  ],
  ['UNION(num INTEGER, str VARCHAR)', 'dense_union<num: int32, str: utf8>'],
  ['"NULL"', 'null'],
  ["GEOMETRY('EPSG:4326')", 'geometry'],
])('%s is %s', (duckdb, arrow) => {
  expect(arrowType(duckdb)).toBe(arrow);
});

test.each(['STRUCT(a INTEGER', 'DECIMAL(18)', 'INTEGER[', 'MAP(VARCHAR)', '', 'INTEGER)'])(
  '%j is no type',
  (text) => {
    expect(() => arrowType(text)).toThrow('not a type of the engine');
  },
);

test('the engine’s own names are understood', async () => {
  await withWorkbench(async ({ engine }) => {
    const columns =
      await engine.columns(`SELECT NULL::STRUCT("x ""y""" INTEGER[3][], "z" MAP(DATE, ENUM('a)', 'b')))[] AS a,
      1::UNION(i INTEGER, "s p" VARCHAR) AS b, NULL AS c, 1::UHUGEINT AS d, INTERVAL 1 DAY AS e, '1'::BIT AS f, 1.50 AS g, TIME '10:00' AS h`);
    expect(columns.map(({ type }) => arrowType(type))).toEqual([
      'list<item: struct<x "y": list<item: fixed_size_list<item: int32>[3]>, z: map<date32[day], utf8>>>',
      'dense_union<i: int32, s p: utf8>',
      'int32',
      'uint128',
      'month_day_nano_interval',
      'utf8',
      'decimal128(3, 2)',
      'time64[us]',
    ]);
  });
});
