import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { compileSelect, renderSelect } from '../../activities/engine/select.ts';
import { foldName } from '../../activities/transforms/columns.ts';
import { openEngine, type TestEngine } from '../support/engine.ts';
import { action, failure, R, table, textTable, transform, TRANSFORMS } from '../support/transform.ts';
import { runs } from '../support/runs.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(() => engine.close());

const named = (...names: string[]) => ({
  columns: names.map((name) => ({ name, type: 'VARCHAR', nullable: true })),
});

describe('compileSelect', () => {
  test('without transformations keeps names, order and types', async () => {
    const source = table(
      {
        b: 'DECIMAL(18,2)',
        a: 'STRUCT(x INTEGER, "y z" VARCHAR[])',
        c: 'TIMESTAMP WITH TIME ZONE',
        d: 'UUID',
      },
      [
        [
          '1.10',
          "{x: 1, 'y z': ['q']}",
          "'2020-01-01 00:00:00+00'",
          "'00000000-0000-0000-0000-000000000001'",
        ],
      ],
    );
    const { columns, rows } = await transform(engine, source, []);
    expect(columns).toEqual(source.columns.map(({ name, type }) => ({ name, type })));
    expect(rows).toEqual(await engine.query(`SELECT * FROM ${source.relation}`));
  });

  test('reads columns by name, in whatever order the relation has them', async () => {
    const compiled = await compileSelect(R, [], TRANSFORMS, engine);
    const rows = await engine.query(
      renderSelect(compiled, { relation: "(SELECT 9 AS extra, 'x' AS s, 1 AS i, 2.0 AS d)" }, false),
    );
    expect(rows.map((row) => Object.keys(row))).toEqual([['i', 's', 'd']]);
  });

  test.each([
    [['a', 'b', 'A'], 'the source has columns "a" and "A", which differ only in case; rename one'],
    [['a', 'a'], 'the source has two columns "a"; rename one'],
    [['a', ''], 'the source has a column whose name is empty; rename it'],
    [['a\0'], 'the source has a column whose name is not text (it holds a NUL character); rename it'],
  ])('refuses columns %j, which the engine cannot tell apart or name', async (names, message) => {
    const error = await failure(compileSelect(named(...names), [], TRANSFORMS, engine));
    expect(error).toMatchObject({ code: 'MalformedData', message });
  });

  test('takes columns that differ in the case of letters outside ASCII, as the engine does', async () => {
    const source = table({ É: 'INTEGER', é: 'INTEGER' }, [['1', '2']]);
    const { rows } = await transform(engine, source, [action('RedactColumns', ['é'])]);
    expect(rows).toEqual([{ É: 1, é: 'XXXXXXXXXX' }]);
  });

  test('takes columns named like properties of objects', async () => {
    const names = ['__proto__', 'constructor', 'toString'];
    const compiled = await compileSelect(
      named(...names),
      [action('RedactColumns', ['__proto__'])],
      TRANSFORMS,
      engine,
    );
    const sql = renderSelect(
      structuredClone(compiled),
      { relation: `(SELECT 'a' AS "__proto__", 'b' AS constructor, 'c' AS "toString")` },
      false,
    );
    // As JSON: `__proto__` does not survive as a property that a test could read.
    expect(await engine.query(`SELECT to_json(t)::VARCHAR AS row FROM (${sql}) t`)).toEqual([
      { row: '{"__proto__":"XXXXXXXXXX","constructor":"b","toString":"c"}' },
    ]);
  });

  test('an expression never sees what its neighbour became', async () => {
    const swap = {
      ...TRANSFORMS[1]!,
      action: 'Swap',
      effect: () =>
        Promise.resolve({
          replace: { i: { sql: '"d"', type: 'DOUBLE' }, d: { sql: '"i"', type: 'INTEGER' } },
          where: '"d" > 1',
        }),
    };
    const compiled = await compileSelect(R, [action('Swap')], [swap], engine);
    expect(compiled.columns.map((column) => column.type)).toEqual(['DOUBLE', 'VARCHAR', 'INTEGER']);
    expect(await engine.query(renderSelect(compiled, R, false))).toEqual([
      { i: 2, s: 'b', d: 2 },
      { i: 3, s: 'c', d: 3 },
    ]);
  });
});

describe('renderSelect from text to text', () => {
  const source = textTable({ id: 'BIGINT', amount: 'DOUBLE', day: 'DATE', name: 'VARCHAR' }, [
    ['1', '1.10', '2020-01-01', 'a'],
    ['20', '1e2', '2020-01-02', ''],
    [null, null, null, null],
    ['+3', '0.50', '2020-01-03', ' b '],
  ]);

  test('repeats the source exactly', async () => {
    const { rows } = await transform(engine, source, [], true);
    expect(rows).toEqual([
      { id: '1', amount: '1.10', day: '2020-01-01', name: 'a' },
      { id: '20', amount: '1e2', day: '2020-01-02', name: '' },
      { id: null, amount: null, day: null, name: null },
      { id: '+3', amount: '0.50', day: '2020-01-03', name: ' b ' },
    ]);
  });

  test('compares and digests typed values, and still repeats the text of what is not touched', async () => {
    const { columns, rows } = await transform(
      engine,
      source,
      [
        action('FilterRows', [], { clause: "amount < 50 AND day < DATE '2020-02-01'" }),
        action('DigestColumns', ['id']),
        action('FilterRows', [], { clause: 'amount >= 0.5' }),
        action('RemoveColumns', ['day']),
      ],
      true,
    );
    const { digest } = (await engine.query("SELECT md5('3') AS digest"))[0]!;
    expect(rows).toHaveLength(2);
    expect(rows[1]).toEqual({ id: digest, amount: '0.50', name: ' b ' });
    expect(columns.map((column) => column.name)).toEqual(['id', 'amount', 'name']);
  });

  test('gives to a target of types the same rows as without texts', async () => {
    const typed = await transform(engine, source, [action('RedactColumns', ['name'])], false);
    expect(typed.rows[0]).toMatchObject({ id: 1n, amount: 1.1, name: 'XXXXXXXXXX' });
  });

  test('invents no name that a column has', async () => {
    const awkward = textTable({ text_0: 'BIGINT', TEXT_1: 'BIGINT', _text_1: 'BIGINT' }, [
      ['01', '02', '03'],
    ]);
    const { rows } = await transform(engine, awkward, [action('DigestColumns', ['text_0', '_text_1'])], true);
    const [digests] = await engine.query("SELECT md5('1') AS first, md5('3') AS third");
    expect(rows).toEqual([{ text_0: digests!['first'], TEXT_1: '02', _text_1: digests!['third'] }]);
  });
});

const name = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 12 })
  .filter((text) => text.isWellFormed() && !text.includes('\0') && text !== '__proto__');

test('any names and values pass unharmed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(name, { minLength: 2, maxLength: 5, selector: foldName }),
      name,
      async (names, value) => {
        const source = textTable(Object.fromEntries(names.map((column) => [column, 'VARCHAR'])), [
          names.map((column) => `${value}${column}`),
        ]);
        const [first, ...others] = source.columns.map((column) => column.name);
        for (const textTarget of [false, true]) {
          const redact = action('RedactColumns', [first!], { redactValue: value });
          const { rows } = await transform(engine, source, [redact], textTarget);
          expect(rows).toEqual([
            Object.fromEntries([[first, value], ...others.map((other) => [other, `${value}${other}`])]),
          ]);
        }
      },
    ),
    { numRuns: runs(60) },
  );
});
