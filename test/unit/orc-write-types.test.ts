import { describe, expect, test } from '@jest/globals';
import { TransferError } from '../../activities/failures.ts';
import { arrowType } from '../../activities/formats/arrow-types.ts';
import { orcType } from '../../activities/formats/orc/write/orc-type.ts';
import { withWorkbench } from '../support/files.ts';

describe('types', () => {
  test.each([
    'BOOLEAN',
    'TINYINT',
    'BIGINT',
    'VARCHAR',
    'DECIMAL(38,10)',
    'TIMESTAMP WITH TIME ZONE',
    'TIMESTAMP_NS',
    'STRUCT("a" INTEGER, "b c" MAP(VARCHAR, DATE[]))[]',
  ])('%s is held as it is', (type) => {
    expect(orcType(type, 'x')).toEqual({ type, arrow: arrowType(type) });
  });

  test.each([
    ['UTINYINT', 'SMALLINT', 'uint8 -> int16'],
    ['USMALLINT', 'INTEGER', 'uint16 -> int32'],
    ['UINTEGER', 'BIGINT', 'uint32 -> int64'],
    ['UBIGINT', 'DECIMAL(20,0)', 'uint64 -> decimal128(20, 0)'],
    ['HUGEINT', 'DECIMAL(38,0)', 'int128 -> decimal128(38, 0)'],
    ['TIME', 'VARCHAR', 'time64[us] -> utf8'],
    ['UUID', 'VARCHAR', 'fixed_size_binary[16] -> utf8'],
    ['INTERVAL', 'VARCHAR', 'month_day_nano_interval -> utf8'],
    ['TIMESTAMP_MS', 'TIMESTAMP', 'timestamp[ms] -> timestamp[us]'],
    ['INTEGER[3]', 'INTEGER[]', 'fixed_size_list<item: int32>[3] -> list<item: int32>'],
    ['"NULL"', 'INTEGER', 'null -> int32'],
    [
      'STRUCT("say ""x""" UUID[])',
      'STRUCT("say ""x""" VARCHAR[])',
      'struct<say "x": list<item: fixed_size_binary[16]>> -> struct<say "x": list<item: utf8>>',
    ],
    [
      'MAP(UBIGINT, TIME)',
      'MAP(DECIMAL(20,0), VARCHAR)',
      'map<uint64, time64[us]> -> map<decimal128(20, 0), utf8>',
    ],
  ])('%s becomes %s, and is listed', (from, type, conversion) => {
    const held = orcType(from, 'x');
    expect(held.type).toBe(type);
    expect(`${arrowType(from)} -> ${held.arrow}`).toBe(conversion);
  });

  test("an enumeration is text in Arrow's names, too", () => {
    expect(orcType("ENUM('a', 'b')", 'x')).toEqual({ type: 'VARCHAR', arrow: 'utf8' });
  });

  test.each([
    'UNION(a INTEGER, b VARCHAR)',
    "GEOMETRY('EPSG:4326')",
    'VARIANT',
    'STRUCT(a UNION(b INTEGER))[]',
  ])('%s is refused with the column', (type) => {
    const refuse = (): unknown => orcType(type, 'the "x"');
    expect(refuse).toThrow(TransferError);
    expect(refuse).toThrow(/^column "the \\"x\\"" has the type .*, which ORC cannot hold; /);
  });

  test('the engine can cast what it says', async () => {
    await withWorkbench(async ({ engine }) => {
      const query = `SELECT [1]::UBIGINT[] AS a, {'a b': uuid(), 'c': [TIME '10:00']} AS b, map([1::UHUGEINT], [INTERVAL 1 DAY]) AS c`;
      for (const { name, type } of await engine.columns(query)) {
        const held = orcType(type, name).type;
        const [cast] = await engine.columns(`SELECT CAST(${name} AS ${held}) AS x FROM (${query})`);
        expect(orcType(cast!.type, name).type).toBe(cast!.type);
      }
    });
  });
});
