import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { TransferError } from '../../activities/failures.ts';
import type { Engine } from '../../activities/engine/engine.ts';
import { identifier, literal } from '../../activities/engine/engine.ts';
import { compileSelect, renderSelect } from '../../activities/engine/select.ts';
import { foldName } from '../../activities/transforms/columns.ts';
import { openEngine, type TestEngine } from '../support/engine.ts';
import { action, table, transform, TRANSFORMS, type Table } from '../support/transform.ts';
import { runs } from '../support/runs.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(() => engine.close());

const compile = async (clause: string, source: Table, on: Engine = engine): Promise<string> => {
  const { layers } = await compileSelect(source, [action('FilterRows', [], { clause })], TRANSFORMS, on);
  return layers[0]!.where!;
};

describe('LIKE', () => {
  const letters = fc.constantFrom(...'abBAé_%É.*\\n\n(^$|[\\İßΣς'.split(''));
  const pattern = fc.string({
    unit: fc.oneof({ weight: 2, arbitrary: fc.constantFrom('%', '_') }, { weight: 3, arbitrary: letters }),
    maxLength: 8,
  });
  const subjects = fc.array(fc.string({ unit: letters, maxLength: 8 }), { minLength: 1, maxLength: 20 });

  test.each([
    ['LIKE', ''],
    ['NOT LIKE', ''],
    ['ILIKE', ''],
    ['LIKE', '!'],
    ['NOT ILIKE', '\\'],
  ])('rewritten %s (ESCAPE %j) keeps the rows that the engine itself would', async (operator, escape) => {
    await fc.assert(
      fc.asyncProperty(pattern, subjects, async (raw, texts) => {
        // Without ESCAPE a backslash is refused; with it, wildcards are escaped here and there.
        const like =
          escape === ''
            ? raw.replaceAll('\\', '')
            : raw.replaceAll(escape, escape + escape).replaceAll(/([a-b])([%_])/g, `$1${escape}$2`);
        const source = table(
          { s: 'VARCHAR' },
          [...texts, ...filled(raw)].map((text) => [literal(text)]),
        );
        const clause = `s ${operator} ${literal(like)}${escape === '' ? '' : ` ESCAPE ${literal(escape)}`}`;
        const { rows } = await transform(engine, source, [action('FilterRows', [], { clause })]);
        expect(rows).toEqual(await engine.query(`SELECT s FROM ${source.relation} WHERE ${clause}`));
      }),
      { numRuns: runs(30) },
    );
  });
});

describe('any clause', () => {
  const SOURCE = table({ a: 'INTEGER', s: 'VARCHAR', k: 'STRUCT(x INTEGER)', t: 'TIMESTAMP' }, []);

  const FRAGMENTS =
    `a s k t k.x "a" \`s\` "x" 'text' '%_' 1 2.5 1e3 1L NULL TRUE ( ) ( ) , , . + - * / % = == <> < >= || <=> !
    AND OR NOT IS IN LIKE RLIKE BETWEEN CASE WHEN THEN ELSE END CAST AS INTEGER DATE INTERVAL DAY ESCAPE EXISTS SELECT FROM
    WHERE UNION ; -- /* */ :: [ ] { } $$ $1 ? -> => := @ # ^ ~ count max upper coalesce nvl concat read_csv read_text glob getenv
    pragma_version current_setting nextval sequence query unnest generate_series OVER FILTER DISTINCT ORDER BY LIMIT ATTACH
    COPY INSTALL LOAD PRAGMA SET t1 main information_schema`.split(/\s+/);

  const soup = fc
    .array(fc.oneof(fc.constantFrom(...FRAGMENTS), fc.string({ maxLength: 3 })), { maxLength: 14 })
    .map((parts) => parts.join(' '));
  // Parses most of the time, so that the whitelist and the types decide.
  const atom = fc.constantFrom(
    'a',
    's',
    'k.x',
    't',
    '1',
    "'x'",
    'NULL',
    'TRUE',
    '*',
    '(SELECT 1)',
    'nope',
    '?',
  );
  const name = fc.constantFrom(
    ...'abs upper coalesce nvl concat length isnull md5 year count max read_csv getenv nextval query pragma_version error'.split(
      ' ',
    ),
  );
  const operator = fc.constantFrom(
    ...'= <> < >= + - * / % || <=> AND OR LIKE RLIKE IS~DISTINCT~FROM IN ->'.split(' '),
  );
  const grammatical: fc.Memo<string> = fc.memo((depth) =>
    depth <= 1
      ? atom
      : fc.oneof(
          atom,
          fc
            .tuple(grammatical(), operator, grammatical())
            .map(([left, infix, right]) => `(${left} ${infix.replaceAll('~', ' ')} ${right})`),
          fc
            .tuple(name, fc.array(grammatical(), { maxLength: 2 }))
            .map(([called, args]) => `${called}(${args.join()})`),
          grammatical().map((inner) => `CAST(${inner} AS VARCHAR)`),
          grammatical().map((inner) => `NOT ${inner}`),
        ),
  );
  const comparison = fc
    .tuple(grammatical(4), grammatical(4))
    .map(([left, right]) => `${left} IS NOT DISTINCT FROM ${right}`);
  const anyClause = fc.oneof(soup, comparison, grammatical(5), fc.string({ unit: 'binary', maxLength: 40 }));

  test('compiles to allowed functions over known columns or throws a TransferError, and runs nothing of its own', async () => {
    const statements: string[] = [];
    const watched: Engine = {
      run: (sql) => Promise.reject(new Error(`unexpected: ${sql}`)),
      checksums: () => [],
      query: (sql, parameters) => {
        statements.push(sql);
        return engine.query(sql, parameters);
      },
      columns: (sql) => {
        statements.push(sql);
        return engine.columns(sql);
      },
    };
    await fc.assert(
      fc.asyncProperty(anyClause, async (clause) => {
        statements.length = 0;
        let where: string | undefined;
        try {
          where = await compile(clause, SOURCE, watched);
        } catch (error) {
          if (!(error instanceof TransferError)) throw error;
          expect(error.class).toBe('fatal');
          expect(error.message).toMatch(/^spec\.transformation\[0\]\.options\.clause: /);
        }
        // The parser and the printer take trees and texts as parameters; what is bound is what was printed.
        const bound = statements.filter((sql) => !/^SELECT json_(de)?serialize_sql\(\$1/.test(sql));
        if (where !== undefined) {
          expect(bound.length).toBeGreaterThan(0);
          await expectHarmless(where);
        }
        for (const sql of bound)
          await expectHarmless(/^SELECT \((.*)\) AS result FROM/s.exec(sql)?.[1] ?? where!);
      }),
      { numRuns: runs(500) },
    );
  });
});

describe('sane clauses', () => {
  const number: fc.Memo<string> = fc.memo((depth) =>
    depth <= 1
      ? fc.constantFrom('a', 'b', '1', '2', '-1', '2.5', '0', 'NULL')
      : fc.oneof(
          number(1),
          fc
            .tuple(number(), fc.constantFrom('+', '-', '*'), number())
            .map(([x, op, y]) => `(${x} ${op} ${y})`),
          number().map((x) => `-${x.startsWith('-') ? `(${x})` : x}`),
          number().map((x) => `abs(${x})`),
          fc.tuple(number(), number()).map(([x, y]) => `coalesce(${x}, ${y})`),
          fc
            .tuple(condition(), number(), number())
            .map(([c, x, y]) => `CASE WHEN ${c} THEN ${x} ELSE ${y} END`),
          text().map((t) => `length(${t})`),
        ),
  );
  const text: fc.Memo<string> = fc.memo((depth) =>
    depth <= 1
      ? fc.constantFrom('s', "'x'", "'it''s'", "''", 'CAST(NULL AS VARCHAR)')
      : fc.oneof(
          text(1),
          text().map((t) => `upper(${t})`),
          fc
            .tuple(text(), number())
            .map(([t, n]) => `substring(${t}, CAST(1 AS BIGINT), CAST(abs(${n}) AS BIGINT))`),
          number().map((n) => `CAST(${n} AS VARCHAR)`),
        ),
  );
  const condition: fc.Memo<string> = fc.memo((depth) =>
    depth <= 1
      ? fc.constantFrom('f', 'TRUE', 'a IS NULL', 'a = 1', "s = 'x'")
      : fc.oneof(
          fc
            .tuple(number(), fc.constantFrom('=', '<>', '<', '<=', '>', '>='), number())
            .map(([x, op, y]) => `${x} ${op} ${y}`),
          fc
            .tuple(condition(), fc.constantFrom('AND', 'OR'), condition())
            .map(([p, op, q]) => `(${p} ${op} ${q})`),
          condition().map((p) => `NOT (${p})`),
          condition().map((p) => `(${p}) IS NOT TRUE`),
          fc.tuple(number(), number(), number()).map(([x, y, z]) => `${x} NOT BETWEEN ${y} AND ${z}`),
          fc.tuple(number(), number(), number()).map(([x, y, z]) => `${x} IN (${y}, ${z})`),
          fc
            .tuple(text(), fc.constantFrom('%x%', 'x', '_', 'i%', '%'))
            .map(([t, p]) => `${t} NOT LIKE '${p}'`),
          fc.tuple(text(), text()).map(([t, u]) => `(${t}) IS DISTINCT FROM (${u})`),
          text().map((t) => `NOT ${t} IS NULL`),
        ),
  );

  const SOURCE = table({ id: 'INTEGER', a: 'INTEGER', b: 'DOUBLE', s: 'VARCHAR', f: 'BOOLEAN' }, [
    ['1', '1', '0.5', "'x'", 'true'],
    ['2', '-3', '2.5', "'it''s'", 'false'],
    ['3', '0', 'NULL', "''", 'NULL'],
    ['4', 'NULL', '-1', 'NULL', 'true'],
  ]);

  test('keep the rows that the engine keeps for the clause as written', async () => {
    await fc.assert(
      fc.asyncProperty(condition(4), async (clause) => {
        const compiled = await compileSelect(
          SOURCE,
          [action('FilterRows', [], { clause })],
          TRANSFORMS,
          engine,
        );
        expect(await engine.query(renderSelect(compiled, SOURCE, false))).toEqual(
          await engine.query(`SELECT * FROM ${SOURCE.relation} WHERE ${clause}`),
        );
      }),
      { numRuns: runs(80) },
    );
  });
});

test('any column name and any text can be named in a clause', async () => {
  const word = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 10 })
    .filter((value) => value.isWellFormed() && !value.includes('\0') && value !== '__proto__');
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(word, { minLength: 2, maxLength: 4, selector: foldName }),
      word,
      async (names, value) => {
        const types = Object.fromEntries(names.map((name) => [name, 'VARCHAR']));
        const source = table(types, [names.map(() => literal(value)), names.map(() => literal(`${value}x`))]);
        const { name } = source.columns[0]!;
        for (const quoted of [identifier(name), `\`${name.replaceAll('`', '``')}\``]) {
          const clause = `${quoted} = ${literal(value)}`;
          const { rows } = await transform(engine, source, [action('FilterRows', [], { clause })]);
          expect(rows).toEqual([Object.fromEntries(source.columns.map((column) => [column.name, value]))]);
        }
      },
    ),
    { numRuns: runs(30) },
  );
});

/** A pattern with its wildcards filled in, so that matches are not rare. */
function filled(pattern: string): string[] {
  return [pattern.replaceAll('%', 'ab').replaceAll('_', 'é'), pattern.replaceAll(/[%_]/g, '')];
}

/** What the parser finds in SQL that is going to be executed. */
async function expectHarmless(sql: string): Promise<void> {
  const [row] = await engine.query('SELECT json_serialize_sql($1::VARCHAR)::VARCHAR AS tree', [
    `SELECT 1 FROM t WHERE ${sql}`,
  ]);
  const tree = String(row!['tree']);
  const found = (field: string) =>
    [...tree.matchAll(new RegExp(`"${field}":"([^"]*)"`, 'g'))].map((match) => match[1]);
  expect(tree).toContain('"error":false');
  expect(
    found('class').filter(
      (kind) =>
        !/^(COLUMN_REF|CONSTANT|CONJUNCTION|COMPARISON|BETWEEN|CASE|CAST|OPERATOR|FUNCTION)$/.test(kind!),
    ),
  ).toEqual([]);
  expect(
    found('function_name').filter((name) =>
      /read|glob|env|pragma|setting|nextval|query|unnest|series/.test(name!),
    ),
  ).toEqual([]);
  for (const match of tree.matchAll(/"column_names":\["([^"]*)"/g))
    expect(['a', 's', 'k', 't']).toContain(match[1]);
}
