import { describe, expect, test } from '@jest/globals';
import { json } from '../../activities/formats/json/json.ts';
import { TransferError } from '../../activities/failures.ts';
import type { PlanHints } from '../../workflows/contract.ts';
import { describeSource, MemoryReader, readAll, withWorkbench } from '../support/files.ts';
import { query } from '../support/query.ts';

/** Type and texts of column `v` whose values are these JSON texts, one a record; undefined: the field is missing. */
async function column(...values: (string | undefined)[]): Promise<{ type: string; texts: unknown[] }> {
  return withWorkbench(async (bench) => {
    const lines = values.map((value) => (value === undefined ? '{"k":0}\n' : `{"k":0,"v":${value}}\n`));
    const reader = new MemoryReader(lines.join(''));
    const description = await describeSource(json, reader, bench);
    const source = { location: reader.location, ...description };
    const { relation } = await json.fetch(reader, source, 0, bench.directory);
    const rows = await bench.engine.query(`SELECT v::VARCHAR AS v FROM ${relation}`);
    const type = description.columns.find(({ name }) => name === 'v')!.type;
    expect(await bench.engine.columns(`SELECT v FROM ${relation}`)).toEqual([
      { name: 'v', type: type.replaceAll(/"(\w+)"/g, '$1') },
    ]);
    return { type, texts: rows.map((row) => row['v']) };
  });
}

describe('types', () => {
  test.each<[string[], string, unknown[]]>([
    [['true', 'false', 'null'], 'BOOLEAN', ['true', 'false', null]],
    [['1', '-2', '9223372036854775807'], 'BIGINT', ['1', '-2', '9223372036854775807']],
    [['-9223372036854775808'], 'BIGINT', ['-9223372036854775808']],
    [['1', '18446744073709551615'], 'UBIGINT', ['1', '18446744073709551615']],
    [['-1', '18446744073709551615'], 'DECIMAL(38,0)', ['-1', '18446744073709551615']],
    [['123456789012345678901234567890', '7'], 'DECIMAL(38,0)', ['123456789012345678901234567890', '7']],
    [[`1${'0'.repeat(40)}1`, '7'], 'VARCHAR', [`1${'0'.repeat(40)}1`, '7']],
    [['1', '2.50', '1e5', '0.1', '-0'], 'DOUBLE', ['1.0', '2.5', '100000.0', '0.1', '-0.0']],
    [['9007199254740992', '0.5'], 'DOUBLE', ['9007199254740992.0', '0.5']],
    [['9007199254740993', '0.5'], 'DECIMAL(38,1)', ['9007199254740993.0', '0.5']],
    [['0.1234567890123456789', '12'], 'DECIMAL(38,19)', ['0.1234567890123456789', '12.0000000000000000000']],
    [['0.1234567890123456789', '1e-30', '1e25'], 'VARCHAR', ['0.1234567890123456789', '1e-30', '1e25']],
    [
      ['0.1234567890123456789', '-1.5E+3', '2e-3'],
      'DECIMAL(38,19)',
      ['0.1234567890123456789', '-1500.0000000000000000000', '0.0020000000000000000'],
    ],
    [['1e400', '1'], 'VARCHAR', ['1e400', '1']],
    [['5e-324', '1.7976931348623157e308'], 'DOUBLE', ['5e-324', '1.7976931348623157e+308']],
    [['"a"', '"1"', '"2024-01-02"', '""'], 'VARCHAR', ['a', '1', '2024-01-02', '']],
    [['"\\u00e9\\ud83d\\ude00\\n\\/"', '"é😀"'], 'VARCHAR', ['é😀\n/', 'é😀']],
    [['null', 'null'], 'VARCHAR', [null, null]],
    [
      ['"a"', '1.10', 'true', '12345678901234567890123', 'null'],
      'VARCHAR',
      ['a', '1.10', 'true', '12345678901234567890123', null],
    ],
    [['true', '0'], 'VARCHAR', ['true', '0']],
    [['[]', '[null]', 'null'], 'VARCHAR[]', ['[]', '[NULL]', null]],
    [['[1,2.5]', '[]'], 'DOUBLE[]', ['[1.0, 2.5]', '[]']],
    [['[[1],[]]', '[null]'], 'BIGINT[][]', ['[[1], []]', '[NULL]']],
    [['[1,"a",{"b": 1.10}]'], 'VARCHAR[]', ['[1, a, \'{"b": 1.10}\']']],
    [
      ['{"a":1}', '{"b":"x"}'],
      'STRUCT("a" BIGINT, "b" VARCHAR)',
      ["{'a': 1, 'b': NULL}", "{'a': NULL, 'b': x}"],
    ],
    [
      ['{"a":{"b":[{"c":1},{"d":null}]}}'],
      'STRUCT("a" STRUCT("b" STRUCT("c" BIGINT, "d" VARCHAR)[]))',
      ["{'a': {'b': [{'c': 1, 'd': NULL}, {'c': NULL, 'd': NULL}]}}"],
    ],
    [['{}', '{ }'], 'VARCHAR', ['{}', '{ }']],
    [['{}', '{"a":1}'], 'STRUCT("a" BIGINT)', ["{'a': NULL}", "{'a': 1}"]],
    [['{"a": 1.10, "b":["\\u00e9\\""]}', '1'], 'VARCHAR', ['{"a": 1.10, "b":["\\u00e9\\""]}', '1']],
    [['[1.0]', '{"a":1}'], 'VARCHAR', ['[1.0]', '{"a":1}']],
    [['{"a":1}', '{"A":2}'], 'VARCHAR', ['{"a":1}', '{"A":2}']],
    [['{"":1}'], 'VARCHAR', ['{"":1}']],
  ])('%j: %s', async (values, type, texts) => {
    expect(await column(...values)).toEqual({ type, texts });
    // the other way round it is the same type but for the order of fields
    const reversed = await column(...values.toReversed());
    if (!type.includes('STRUCT')) expect(reversed).toEqual({ type, texts: texts.toReversed() });
  });

  test('missing fields are null, and a field that appears late is a column', async () => {
    expect(await column(undefined, '1', undefined)).toEqual({ type: 'BIGINT', texts: [null, '1', null] });
  });

  test('an object with more than a thousand distinct keys is text', async () => {
    const keys = (count: number) => `{${Array.from({ length: count }, (_, i) => `"k${i}":${i}`).join(',')}}`;
    expect((await column(keys(1000))).type).toMatch(/^STRUCT/);
    expect(await column('{"x":1}', keys(1000))).toEqual({ type: 'VARCHAR', texts: ['{"x":1}', keys(1000)] });
  });

  test('an object without fields is a row of nulls, also where there is one column', async () => {
    await withWorkbench(async (bench) => {
      for (const chunkBytes of [1, 1e9]) {
        const { rows } = await readAll(json, new MemoryReader('{"a":"x"}\n{}\n{ }\n'), bench, { chunkBytes });
        expect(rows).toEqual([['x'], [null], [null]]);
      }
    });
  });

  test('columns are in order of appearance', async () => {
    await withWorkbench(async (bench) => {
      const { description, rows } = await readAll(json, new MemoryReader('{"b":1}\n{"a":2,"b":3}\n'), bench);
      expect(description.columns.map(({ name }) => name)).toEqual(['b', 'a']);
      expect(rows).toEqual([
        [1n, null],
        [3n, 2n],
      ]);
    });
  });
});

/** Plans and reads until the plan fits, as the workflow does. */
async function converge(
  object: string | Buffer,
  chunkBytes: number,
): Promise<{ types: string[]; rows: unknown[][]; plans: number }> {
  return withWorkbench(async (bench) => {
    let hints: PlanHints = {};
    for (let plans = 1; ; plans++) {
      try {
        const reader = new MemoryReader(object);
        const { description, rows } = await readAll(json, reader, bench, { chunkBytes, hints });
        return { types: description.columns.map(({ type }) => type), rows, plans };
      } catch (error) {
        if (!(error instanceof TransferError) || error.class !== 'replan') throw error;
        expect(error.message).toContain('s3://bucket/key: column');
        hints = JSON.parse(JSON.stringify({ ...hints, ...error.hints }));
      }
    }
  });
}

describe('what contradicts the planned types', () => {
  // beyond the first 4 MiB and between the samples
  const filler = (count: number) =>
    `${JSON.stringify({ id: 1, n: null, s: { a: 1 }, pad: 'x'.repeat(900) })}\n`.repeat(count);
  const late = '{"id":1.5,"n":[true],"s":{"a":2,"b":"late"},"new":{"k":1}}\n';

  test('is read as the wider type; late fields and columns are kept', async () => {
    const object = `${filler(9_500)}${late}${filler(500)}`;
    for (const chunkBytes of [1e9, 1e6]) {
      const { types, rows, plans } = await converge(object, chunkBytes);
      expect(types).toEqual([
        'DOUBLE',
        'BOOLEAN[]',
        'STRUCT("a" BIGINT, "b" VARCHAR)',
        'VARCHAR',
        'STRUCT("k" BIGINT)',
      ]);
      expect(rows).toHaveLength(10_001);
      expect(rows[9_500]).toEqual(
        [1.5, { items: [true] }, { entries: { a: 2n, b: 'late' } }, null, { entries: { k: 1n } }].map(
          (value) => (value === null || typeof value !== 'object' ? value : expect.anything()),
        ),
      );
      expect(plans).toBe(2);
    }
  }, 60_000);

  test.each([
    ['"id":1.5,"n":null,"s":{"a":1}', ['DOUBLE', 'VARCHAR', 'STRUCT("a" BIGINT)', 'VARCHAR']],
    ['"id":1,"n":7,"s":{"a":1}', ['BIGINT', 'BIGINT', 'STRUCT("a" BIGINT)', 'VARCHAR']],
    [
      '"id":1,"n":null,"s":{"a":1,"b":{}}',
      ['BIGINT', 'VARCHAR', 'STRUCT("a" BIGINT, "b" VARCHAR)', 'VARCHAR'],
    ],
    ['"id":1,"n":null,"s":"text"', ['BIGINT', 'VARCHAR', 'VARCHAR', 'VARCHAR']],
  ])('{%s}', async (late, expected) => {
    const { types, plans } = await converge(`${filler(1_900)}{${late}}\n${filler(100)}`, 500_000);
    expect([types, plans]).toEqual([expected, 2]);
  });

  test('for the second time has all of it read: three plans are enough', async () => {
    const contradictions = Array.from({ length: 20 }, (_, k) => `${filler(300)}{"id":1,"new${k}":1}\n`).join(
      '',
    );
    const { types, plans } = await converge(`${filler(6_000)}${contradictions}`, 400_000);
    expect(types).toHaveLength(24);
    expect(plans).toBe(3);
  }, 60_000);
});

test('the engine of the tests reads what DDC takes numbers for', async () => {
  const [row] = await query(`SELECT v::VARCHAR AS v FROM read_json($f, columns={v:'VARCHAR'})`, {
    f: '{"v":1.10}',
  });
  // the reason for quoting: without it, the engine rewrites numbers
  expect(row).toEqual({ v: '1.1' });
});
