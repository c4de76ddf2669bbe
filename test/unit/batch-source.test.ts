import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { groupPieces } from '../../activities/batch/chunks.ts';
import { chunkRelation } from '../../activities/batch/chunk-relation.ts';
import { isData } from '../../activities/batch/find-source.ts';
import { partitionColumns, partitionOf } from '../../activities/batch/hive.ts';
import { commonType, uniteColumns } from '../../activities/batch/unite.ts';
import { withWorkbench } from '../support/files.ts';

const column = (name: string, type: string, nullable = false) => ({ name, type, nullable });

describe('what is data below a prefix', () => {
  test.each([
    ['p/a.csv', 1, true],
    ['p/k=1/a.csv', 1, true],
    ['p/_k=1/a.csv', 1, true],
    ['p/a.csv', 0, false],
    ['p/_SUCCESS', 5, false],
    ['p/.hidden', 5, false],
    ['p/_temporary/a.csv', 5, false],
    ['p/x/.b/a.csv', 5, false],
  ])('%s of %i bytes: %s', (key, size, expected) => {
    expect(isData({ key, size }, 'p/')).toBe(expected);
  });
});

describe('Hive partitions', () => {
  test('values are read from the path, unescaped', () => {
    expect(partitionOf('a.csv')).toBeUndefined();
    expect(partitionOf('x=1/y=/z=a%20b%2Fc%3D/w=__HIVE_DEFAULT_PARTITION__/v=%zz/n=1.csv')).toEqual({
      x: '1',
      y: '',
      z: 'a b/c=',
      w: null,
      v: '%zz',
    });
  });

  test('whole numbers and dates have types, what the data has as well is the data’s', () => {
    const partitions = [
      { n: '1', d: '2024-02-29', t: '01', own: 'x' },
      { n: '-20', d: '2023-01-01', t: '1', own: 'y' },
    ];
    expect(partitionColumns(partitions, [column('own', 'VARCHAR')])).toEqual([
      column('n', 'BIGINT'),
      column('d', 'DATE'),
      column('t', 'VARCHAR'),
    ]);
    expect(partitionColumns([{ d: '2023-02-30' }, undefined], [])).toEqual([column('d', 'VARCHAR', true)]);
    expect(partitionColumns([{ d: null }], [])).toEqual([column('d', 'VARCHAR', true)]);
  });
});

describe('one schema for many objects', () => {
  test('by name, in the order of appearance; what is missing somewhere may be NULL', () => {
    const united = uniteColumns(
      [
        { location: 'a', columns: [column('x', 'INTEGER'), column('y', 'VARCHAR')] },
        { location: 'b', columns: [column('z', 'DATE'), column('x', 'BIGINT')] },
      ],
      commonType,
    );
    expect(united).toEqual([column('x', 'BIGINT'), column('y', 'VARCHAR', true), column('z', 'DATE', true)]);
  });

  test('types that do not go together are named with both objects', () => {
    const objects = [
      { location: 's3://b/1', columns: [column('x', 'INTEGER')] },
      { location: 's3://b/2', columns: [column('x', 'BIGINT')] },
      { location: 's3://b/3', columns: [column('x', 'DATE')] },
    ];
    expect(() => uniteColumns(objects, commonType)).toThrow(
      'column "x" is BIGINT in s3://b/2 but DATE in s3://b/3',
    );
  });

  test.each([
    ['TINYINT', 'BIGINT', 'BIGINT'],
    ['UINTEGER', 'INTEGER', 'BIGINT'],
    ['UTINYINT', 'BIGINT', 'BIGINT'],
    ['UBIGINT', 'BIGINT', 'HUGEINT'],
    ['FLOAT', 'INTEGER', undefined],
    ['INTEGER', 'DOUBLE', 'DOUBLE'],
    ['BIGINT', 'DOUBLE', undefined],
    ['DECIMAL(10,2)', 'DECIMAL(12,6)', 'DECIMAL(14,6)'],
    ['DECIMAL(38,2)', 'DECIMAL(38,6)', undefined],
    ['TIMESTAMP_S', 'TIMESTAMP', 'TIMESTAMP'],
    ['VARCHAR', 'INTEGER', undefined],
    ['"NULL"', 'DATE', 'DATE'],
  ])('%s and %s: %s', (a, b, expected) => {
    expect(commonType(a, b)).toBe(expected);
    expect(commonType(b, a)).toBe(expected);
  });
});

describe('chunks of many objects', () => {
  const objects = fc.array(
    fc.record({
      size: fc.nat(200),
      parts: fc.oneof(
        { weight: 5, arbitrary: fc.constant(1) },
        fc.nat(6).map((n) => n + 2),
      ),
    }),
    { maxLength: 300 },
  );

  test('every part of every object is read once and in order, small objects together', () => {
    fc.assert(
      fc.property(objects, (list) => {
        const cut = list.map(({ size, parts }) => ({
          size,
          cuts: Array.from({ length: parts + 1 }, (_, i) => i),
        }));
        const chunks = groupPieces(cut, 100, 1_000);
        expect(chunks.flat()).toEqual(
          list.flatMap(({ parts }, object) =>
            Array.from({ length: parts }, (_, index) => ({ object, index })),
          ),
        );
        for (const chunk of chunks.filter(({ length }) => length > 1)) {
          expect(chunk.length).toBeLessThanOrEqual(64);
          expect(chunk.reduce((sum, { object }) => sum + list[object]!.size, 0)).toBeLessThanOrEqual(100);
          expect(chunk.every(({ object }) => list[object]!.parts === 1)).toBe(true);
        }
      }),
    );
  });

  test('very many objects do not become too many chunks', () => {
    const many = Array.from({ length: 100_000 }, () => ({ size: 1, cuts: [0, 1] }));
    expect(groupPieces(many, 1e9, 1_000).length).toBeLessThanOrEqual(1_000);
  });
});

describe('the relation of a chunk', () => {
  const typed = { relation: "(VALUES (1::INTEGER, 'a'), (2, NULL)) AS t(x, y)" };

  test('an object with the columns of the data set is read as it is', () => {
    const columns = [column('x', 'INTEGER'), column('y', 'VARCHAR')];
    expect(chunkRelation([{ fetched: typed, columns }], columns)).toBe(typed);
  });

  test('columns are found by name, cast, filled from the path or NULL; texts stay texts', async () => {
    const pieces = [
      {
        fetched: { ...typed, textRelation: "(VALUES ('01', 'a'), ('2', NULL)) AS t(x, y)" },
        columns: [column('x', 'INTEGER'), column('y', 'VARCHAR')],
        partition: { day: '2024-01-01', other: null },
      },
      {
        fetched: {
          relation: "(VALUES ('b', 7::BIGINT)) AS t(y, x)",
          textRelation: "(VALUES ('b', '7')) AS t(y, x)",
        },
        columns: [column('y', 'VARCHAR'), column('x', 'BIGINT')],
      },
    ];
    const all = [
      column('x', 'BIGINT'),
      column('y', 'VARCHAR'),
      column('day', 'DATE'),
      column('other', 'BIGINT'),
    ];
    const { relation, textRelation } = chunkRelation(pieces, all);
    await withWorkbench(async ({ engine }) => {
      expect(await engine.columns(`SELECT * FROM ${relation}`)).toEqual(
        all.map(({ name, type }) => ({ name, type })),
      );
      expect(
        await engine.query(`SELECT * REPLACE (x::INTEGER AS x, day::VARCHAR AS day) FROM ${relation}`),
      ).toEqual([
        { x: 1, y: 'a', day: '2024-01-01', other: null },
        { x: 2, y: null, day: '2024-01-01', other: null },
        { x: 7, y: 'b', day: null, other: null },
      ]);
      expect(await engine.query(`SELECT * FROM ${textRelation}`)).toEqual([
        { x: '01', y: 'a', day: '2024-01-01', other: null },
        { x: '2', y: null, day: '2024-01-01', other: null },
        { x: '7', y: 'b', day: null, other: null },
      ]);
    });
  });
});
