import { describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import type { JsonOptions } from '../../workflows/contract/formats.ts';
import { openingsOf, withOpening } from '../../activities/batch/openings.ts';
import { json } from '../../activities/formats/json/json.ts';
import { quoteNotANumbers } from '../../activities/formats/json/not-a-number.ts';
import { csv } from '../../activities/formats/csv/csv.ts';
import { MemoryReader, readAll, withWorkbench, writeObject } from '../support/files.ts';

async function written(queries: string[], options: JsonOptions = {}): Promise<Buffer> {
  return withWorkbench(
    async (bench) => (await writeObject(json, queries, bench, { options: { json: options } })).object,
  );
}
const line = async (values: string): Promise<string> => (await written([`SELECT ${values}`])).toString();

describe('values', () => {
  test.each([
    [
      '170141183460469231731687303715884105727::HUGEINT AS a',
      '{"a":170141183460469231731687303715884105727}',
    ],
    ['18446744073709551615::UBIGINT AS a', '{"a":18446744073709551615}'],
    [
      '12345678901234567890123456789.123456789::DECIMAL(38,9) AS a',
      '{"a":12345678901234567890123456789.123456789}',
    ],
    [
      '0.1::DOUBLE AS a, 1e5::DOUBLE AS b, 1::DOUBLE AS c, 5e-324::DOUBLE AS d',
      '{"a":0.1,"b":100000.0,"c":1.0,"d":5e-324}',
    ],
    [
      `'nan'::DOUBLE AS a, ['inf'::DOUBLE, -1] AS b, {'x': '-inf'::FLOAT} AS c, -1 AS d`,
      '{"a":"NaN","b":["Infinity",-1.0],"c":{"x":"-Infinity"},"d":-1}',
    ],
    [
      `'NaN, "Infinity\\' AS a, 'nan'::DOUBLE AS "Na""N"`,
      String.raw`{"a":"NaN, \"Infinity\\","Na\"N":"NaN"}`,
    ],
    [
      `DATE '2024-02-29' AS a, TIMESTAMP '2024-01-02 03:04:05.678' AS b, TIMESTAMPTZ '2024-01-02 03:04:05+02' AS c`,
      '{"a":"2024-02-29","b":"2024-01-02 03:04:05.678","c":"2024-01-02 01:04:05+00"}',
    ],
    [
      String.raw`'\xAA\x00ab'::BLOB AS a, NULL AS b, true AS c, 'a"\' || chr(10) AS d`,
      String.raw`{"a":"\\xAA\\x00ab","b":null,"c":true,"d":"a\"\\\n"}`,
    ],
    [
      `MAP {'k': 1} AS a, {'s': [1, NULL], 't': NULL} AS b, []::INTEGER[] AS c`,
      '{"a":{"k":1},"b":{"s":[1,null],"t":null},"c":[]}',
    ],
  ])('%s', async (values, expected) => {
    const text = await line(values);
    expect(text).toBe(`${expected}\n`);
    expect(() => JSON.parse(text) as unknown).not.toThrow();
  });

  test('words are found wherever pieces are cut', async () => {
    const text = '{"a":NaN,"b":-Infinity,"c":"\\"NaN","d":[-1,Infinity,-2.5e-7],"-":"-"}\n';
    for (let size = 1; size < text.length; size++) {
      const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, i) =>
        Buffer.from(text.slice(i * size, (i + 1) * size)),
      );
      let joined = '';
      for await (const piece of quoteNotANumbers(source(pieces))) joined += piece.toString();
      expect(joined).toBe('{"a":"NaN","b":"-Infinity","c":"\\"NaN","d":[-1,"Infinity",-2.5e-7],"-":"-"}\n');
    }
  });
});

async function* source(pieces: Buffer[]): AsyncGenerator<Buffer> {
  yield* pieces;
}

describe('layouts', () => {
  const rows = (from: number, to: number): string =>
    `SELECT i AS id, 'x' AS s FROM range(${from}, ${to}) AS t(i)`;
  const options: JsonOptions[] = [
    {},
    { layout: 'lines' },
    { layout: 'array' },
    { compression: 'gzip' },
    { compression: 'zstd' },
    { layout: 'array', compression: 'gzip' },
    { layout: 'array', compression: 'zstd' },
  ];

  test.each(options)('%j: chunks without rows anywhere do no harm', async (given) => {
    for (const bounds of [
      [0, 0, 3, 3, 5, 5],
      [0, 2],
      [0, 0, 0, 2],
      [0, 1, 1, 1],
    ]) {
      const queries = bounds.slice(1).map((to, index) => rows(bounds[index]!, to));
      await withWorkbench(async (bench) => {
        const { object } = await writeObject(json, queries, bench, { options: { json: given } });
        const read = await readAll(json, new MemoryReader(object), bench);
        expect(read.rows.map(([id]) => Number(id))).toEqual(
          Array.from({ length: bounds.at(-1)! }, (_, i) => i),
        );
        expect(read.description.details).toMatchObject({
          layout: given.layout ?? 'lines',
          compression: given.compression ?? 'none',
        });
      });
    }
  });

  test('an array is one, with and without rows', async () => {
    expect(
      JSON.parse((await written([rows(0, 2), rows(2, 2), rows(2, 3)], { layout: 'array' })).toString()),
    ).toHaveLength(3);
    expect(JSON.parse((await written([rows(0, 0), rows(0, 0)], { layout: 'array' })).toString())).toEqual([]);
    expect(
      JSON.parse(
        gunzipSync(await written([rows(0, 0)], { layout: 'array', compression: 'gzip' })).toString(),
      ),
    ).toEqual([]);
    expect((await written([rows(0, 0)])).toString()).toBe('');
  });

  test('the result file of the only chunk is a whole object', async () => {
    await withWorkbench(async ({ engine, directory }) => {
      for (const count of [0, 2]) {
        const file = `${directory}/only-${count}`;
        const given = { json: { layout: 'array' as const, compression: 'gzip' as const } };
        await engine.run(`COPY (${rows(0, count)}) TO '${file}' (${json.copyOptions(0, given)})`);
        const object = await readFile(await json.encode!(file, directory, given, 0));
        expect(JSON.parse(gunzipSync(object).toString())).toHaveLength(count);
      }
    });
  });

  test('publish puts openings before bodies that are not empty, and counts them', () => {
    const bodies = [0, 3, 0, 5];
    const openings = openingsOf(bodies, json, { json: { layout: 'array' } });
    expect(openings.map(String)).toEqual(['', '[\n\t', '', ',\n\t']);
    expect(openingsOf(bodies, csv, {}).every(({ length }) => length === 0)).toBe(true);
    const record = {
      chunk: 0,
      rowsRead: 0,
      rowsWritten: 0,
      bytesRead: 0,
      bodyBytes: 9,
      carriedBytes: 5,
      trailer: '',
    };
    expect(withOpening(record, openings[1]!)).toEqual({ ...record, bodyBytes: 12, carriedBytes: 8 });
  });
});
