import { describe, expect, test } from '@jest/globals';
import { holdColumns } from '../../activities/batch/hold-columns.ts';
import { engineError } from '../../activities/engine/errors.ts';
import { renderSelect, type CompiledSelect } from '../../activities/engine/select.ts';
import { csvType } from '../../activities/formats/csv/csv-type.ts';
import { jsonType } from '../../activities/formats/json/json-type.ts';
import { parquetType } from '../../activities/formats/parquet/parquet-type.ts';
import { withWorkbench } from '../support/files.ts';

const selectOf = (...types: string[]): CompiledSelect => {
  const columns = types.map((type, index) => ({ name: `c${index}`, type }));
  const layers = [{ columns: columns.map(({ name }) => ({ name })), where: 'c0 IS NOT NULL' }];
  return { source: columns, layers, columns, warnings: [], rowIdentity: 'none' };
};

describe('types of Parquet', () => {
  test.each([
    ['HUGEINT', 'DECIMAL(38,0)', 'decimal128(38, 0)'],
    ['STRUCT(a UHUGEINT[])', 'STRUCT("a" DECIMAL(38,0)[])', 'struct<a: list<item: decimal128(38, 0)>>'],
    ['MAP(BIT, BIGNUM)', 'MAP(VARCHAR, VARCHAR)', 'map<utf8, utf8>'],
    ['TIMESTAMP_S', 'TIMESTAMP', 'timestamp[us]'],
    ['TIME_NS', 'VARCHAR', 'utf8'],
    ['INTEGER[3]', 'INTEGER[]', 'list<item: int32>'],
    ["ENUM('a', 'b')", 'VARCHAR', 'utf8'],
    ['STRUCT(a INTEGER, "b c" UUID)', 'STRUCT(a INTEGER, "b c" UUID)', 'struct<a: int32, b c: fixed_size_binary[16]>'], // prettier-ignore
    ["GEOMETRY('OGC:CRS84')", "GEOMETRY('OGC:CRS84')", 'geometry'],
  ])('%s is held as %s', (type, held, arrow) => {
    expect(parquetType(type, 'x')).toEqual({ type: held, arrow });
  });

  test('intervals finer than Parquet holds, or negative ones, are text; those of Parquet stay', () => {
    expect(parquetType('INTERVAL', 'x', 'csv')).toEqual({ type: 'VARCHAR', arrow: 'utf8' });
    expect(parquetType('INTERVAL[]', 'x', 'json')).toEqual({ type: 'VARCHAR[]', arrow: 'list<item: utf8>' });
    const kept = { type: 'INTERVAL', arrow: 'month_day_nano_interval' };
    expect(parquetType('INTERVAL', 'x', 'parquet')).toEqual(kept);
  });

  test('unions are refused with the column', () => {
    expect(() => parquetType('UNION(a INTEGER)[]', 'the x')).toThrow(
      'column "the x" has the type list<item: dense_union<a: int32>>, which Parquet cannot hold; remove it with RemoveColumns, or choose another data format',
    );
  });
});

describe('the result in the types of its format', () => {
  test('casts are a last layer, and the engine gives their types', async () => {
    await withWorkbench(async ({ engine }) => {
      const { select, columns, conversions } = holdColumns(selectOf('BIGINT', 'HUGEINT', 'INTEGER[2]'), {
        held: parquetType,
      });
      expect(conversions).toEqual([
        'c1: int128 -> decimal128(38, 0)',
        'c2: fixed_size_list<item: int32>[2] -> list<item: int32>',
      ]);
      expect(columns.map(({ type }) => type)).toEqual(['int64', 'decimal128(38, 0)', 'list<item: int32>']);
      const rows = `(SELECT 1::BIGINT AS c0, 99999999999999999999999999999999999999::HUGEINT AS c1, [1, 2]::INTEGER[2] AS c2)`;
      const sql = renderSelect(select, { relation: rows }, false);
      expect(await engine.columns(sql)).toEqual(select.columns);
      expect(await engine.query(`SELECT c1::VARCHAR AS c1 FROM (${sql})`)).toEqual([
        { c1: '99999999999999999999999999999999999999' },
      ]);
      const tooLong = rows.replace('9'.repeat(38), `1${'0'.repeat(38)}`);
      const refused: unknown = await engine
        .query(renderSelect(select, { relation: tooLong }, false))
        .catch((error: unknown) => engineError(error as Error, 's3://b/k'));
      expect(refused).toMatchObject({
        class: 'fatal',
        message: expect.stringContaining(
          's3://b/k: Conversion Error: Could not cast value … to DECIMAL(38,0)',
        ),
      });
    });
  });

  test('text is not cast, so that the text of a source is repeated', () => {
    const select = selectOf('INTEGER', 'DECIMAL(10,2)', 'DATE', 'INTEGER[]', 'MAP(VARCHAR, DATE)', 'UBIGINT');
    const asCsv = holdColumns(select, { held: csvType });
    expect(asCsv.select).toBe(select);
    expect(asCsv.conversions).toEqual([
      'c0: int32 -> int64',
      'c1: decimal128(10, 2) -> double',
      'c3: list<item: int32> -> utf8',
      'c4: map<utf8, date32[day]> -> utf8',
      'c5: uint64 -> utf8',
    ]);
    const asJson = holdColumns(select, { held: jsonType });
    expect(asJson.select).toBe(select);
    expect(asJson.conversions).toEqual([
      'c0: int32 -> int64',
      'c1: decimal128(10, 2) -> double',
      'c2: date32[day] -> utf8',
      'c3: list<item: int32> -> list<item: int64>',
      'c4: map<utf8, date32[day]> -> struct',
    ]);
  });
});
