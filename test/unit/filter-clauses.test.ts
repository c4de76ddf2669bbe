import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openEngine, type TestEngine } from '../support/engine.ts';
import { action, failure, table, transform } from '../support/transform.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(() => engine.close());

const SOURCE = table(
  {
    i: 'BIGINT',
    s: 'VARCHAR',
    d: 'DOUBLE',
    n: 'DECIMAL(10,2)',
    b: 'BOOLEAN',
    day: 'DATE',
    ts: 'TIMESTAMP',
    key: 'STRUCT(id INTEGER, "in ner" STRUCT(x VARCHAR))',
    'odd name': 'INTEGER',
    select: 'INTEGER',
    l: 'INTEGER[]',
  },
  [
    row(
      '1',
      "'Alice'",
      '1.5',
      '10.00',
      'true',
      "'2020-01-15'",
      "'2020-01-15 10:30:00'",
      "{id: 1, 'in ner': {x: 'p'}}",
      '7',
    ),
    row(
      '2',
      "'bob'",
      '0',
      '-2.50',
      'false',
      "'2021-06-30'",
      "'2021-06-30 00:00:00'",
      "{id: 2, 'in ner': {x: 'q'}}",
      '8',
    ),
    row('3', "'a_b%\n'", '-1e10', '0.00', 'NULL', "'1999-12-31'", "'1999-12-31 23:59:59'", 'NULL', '9'),
    row('4', 'NULL', 'NULL', 'NULL', 'NULL', 'NULL', 'NULL', 'NULL', 'NULL'),
    row(
      '9007199254740993',
      "'it''s'",
      '3',
      '99.99',
      'true',
      "'2020-02-29'",
      "'2020-02-29 12:00:00'",
      'NULL',
      '0',
    ),
  ],
);
const ALL = [1, 2, 3, 4, 5];

function row(...values: string[]): string[] {
  return [...values, '1', '[1, 2]'];
}

/** Which rows of SOURCE a clause keeps, numbered from 1; and its warnings. */
async function kept(clause: string): Promise<{ rows: number[]; warnings: string[] }> {
  const { rows, warnings } = await transform(engine, SOURCE, [action('FilterRows', [], { clause })]);
  return { rows: rows.map(({ i }) => Math.min(Number(i), 5)), warnings };
}

async function refusal(clause: string): Promise<{ code: string; message: string }> {
  const error = await failure(kept(clause));
  expect(error).toMatchObject({ name: 'TransferError', class: 'fatal' });
  return error as { code: string; message: string } & Error;
}

describe('accepted', () => {
  test.each<[string, number[]]>([
    // comparisons
    ['i = 1', [1]],
    ['i == 1', [1]],
    ['i != 1 AND i <> 2', [3, 4, 5]],
    ['i < 2 OR i >= 4', [1, 4, 5]],
    ['i = 9007199254740993', [5]],
    ['i > 12345678901234567890', []],
    ['d > -1e10', [1, 2, 5]],
    ['d < 1e300', [1, 2, 3, 5]],
    ['n = 10', [1]],
    ['n > 99.98', [5]],
    ['n < -2.4999', [2]],
    ['-i < -3', [4, 5]],
    ['i > - 5 AND i < +2', [1]],
    ["s = 'it''s'", [5]],
    ["s = 'a_b%\n'", [3]],
    ["day = '2020-01-15'", [1]],
    ["day >= DATE '2020-01-01'", [1, 2, 5]],
    ["ts > TIMESTAMP '2020-01-15 10:00:00' AND ts < '2020-01-16'", [1]],
    ["day + INTERVAL 1 DAY = DATE '2020-03-01'", [5]],
    ["ts - INTERVAL '1' MONTH < TIMESTAMP '2000-01-01'", [3]],
    ["day < date'2000-01-01'", [3]],
    // logic and null
    ['b', [1, 5]],
    ['NOT b', [2]],
    ['!b', [2]],
    ['!(i = 1)', [2, 3, 4, 5]],
    ['! i = 1', [2, 3, 4, 5]],
    ['b IS TRUE', [1, 5]],
    ['b IS NOT TRUE', [2, 3, 4]],
    ['b IS NULL', [3, 4]],
    ['s IS NOT NULL AND b IS NULL', [3]],
    ['true', ALL],
    ['FALSE OR i = 2', [2]],
    ['s IS DISTINCT FROM NULL', [1, 2, 3, 5]],
    ['b <=> NULL', [3, 4]],
    ['NOT b <=> true', [2, 3, 4]],
    ['i <=> 1 AND b <=> true OR i + 1 <=> 3', [1, 2]],
    ['i in (1, 3, 4)', [1, 3, 4]],
    ["s NOT IN ('Alice', 'bob')", [3, 5]],
    ['i BETWEEN 2 AND 3', [2, 3]],
    ['i NOT BETWEEN 2 AND 4', [1, 5]],
    ['CASE WHEN i = 1 THEN true WHEN i = 2 THEN b ELSE i = 4 END', [1, 4]],
    ["CASE s WHEN 'bob' THEN true ELSE false END", [2]],
    ["CASE key.id WHEN 1 THEN 'x' END = 'x'", [1]],
    ['if(i > 2, true, false)', [3, 4, 5]],
    ['coalesce(b, true)', [1, 3, 4, 5]],
    ['ifnull(b, i = 4)', [1, 4, 5]],
    ['nvl(b, i = 3)', [1, 3, 5]],
    ['nullif(i, 1) IS NULL', [1]],
    ['isnull(s)', [4]],
    ['isnotnull(b) and not b', [2]],
    ['NOT isnull(s) AND NOT isnotnull(b)', [3]],
    ["NOT (s LIKE 'bob') AND NOT (s NOT LIKE 'A%')", [1]],
    ["NOT (s NOT LIKE 'bob')", [2]],
    ['NOT (NOT (NOT b))', [2]],
    ['NOT i < 3 AND NOT (i <= 3)', [4, 5]],
    // columns
    ['`i` = 1', [1]],
    ['"i" = 1', [1]],
    ['I = 1', [1]],
    ['`odd name` = 8', [2]],
    ['"odd name" = 8', [2]],
    ['"SELECT" = 1', ALL],
    ['`select` = 1 AND i = 1', [1]],
    ['key.id = 2', [2]],
    ['KEY.ID = 2', [2]],
    ['(key).id = 2', [2]],
    ["key.`in ner`.x = 'q'", [2]],
    ['key."in ner"."x" = \'q\'', [2]],
    // numbers
    ['i > 3L', [4, 5]],
    ['i + 1S = 2 AND i * 2Y = 2', [1]],
    ['d = 1.5D OR d = 3F OR n = 10.00BD', [1, 5]],
    ['i / 2 = 1.5', [3]],
    ['i div 2 = 1', [2, 3]],
    ['i % 2 = 0', [2, 4]],
    ['mod(i, 2) = 1', [1, 3, 5]],
    ['n DIV 3 = 3', [1]],
    ['n // 3 = -0', [2, 3]],
    ['i / 0 > 1 OR i / 0 <= 1 OR i % 0 = 0 OR i div 0 = 1', []],
    ['i / d > 0', [1, 5]],
    ['isnan(d / 0)', []],
    ['abs(d) >= 3 AND round(n) = 100', [5]],
    ['floor(d) = 1 OR ceil(d) = 3', [1, 5]],
    ['greatest(i, 3) = 3', [1, 2, 3]],
    ["CAST(i AS STRING) = '1'", [1]],
    ['i::INT < 3 AND cast(i as decimal(10, 1)) > 1.0', [2]],
    ['try_cast(s AS INT) IS NULL AND i < 3', [1, 2]],
    ["CAST('1' AS LONG) = i", [1]],
    // text
    ["s LIKE 'A%'", [1]],
    ["s LIKE '%ob'", [2]],
    ["s LIKE '%li%'", [1]],
    ["s LIKE 'bob'", [2]],
    ["s LIKE '___'", [2]],
    ["s LIKE '%a_b%'", [3]],
    ["s LIKE '%\\_%' ESCAPE '\\'", [3]],
    ["s LIKE '%!%%' ESCAPE '!'", [3]],
    ["s LIKE '%'", [1, 2, 3, 5]],
    ["s NOT LIKE '%b%'", [1, 5]],
    ["s NOT LIKE 'bob'", [1, 3, 5]],
    ["s ILIKE 'aL%'", [1]],
    ["s NOT ILIKE '%B%'", [1, 5]],
    ["s RLIKE '^[Ab]'", [1, 2]],
    ["s NOT RLIKE 'o|l'", [3, 5]],
    ["s REGEXP 'b.b'", [2]],
    ["rlike(s, 'b.b') or regexp(s, '^Al') or regexp_like(s, \"'\")", [1, 2, 5]],
    ['s = "bob"', [2]],
    ["upper(s) = 'BOB' OR lcase(s) = 'alice'", [1, 2]],
    ['length(s) = 3 OR char_length(s) = 4', [2, 5]],
    ["substring(s, 2, 2) = 'ob' OR substring(s from 1 for 2) = 'Al'", [1, 2]],
    ["left(s, 1) = 'b' OR right(s, 1) = 'e'", [1, 2]],
    ["trim(both 'b' from s) = 'o'", [2]],
    ["startswith(s, 'A') OR ends_with(s, 'b')", [1, 2]],
    ["position('l' IN s) = 2 OR instr(s, 'o') = 2", [1, 2]],
    ["concat(s, '!', i) = 'bob!2' OR s || 'x' = 'Alicex'", [1, 2]],
    ["concat(s, 'x') IS NULL", [4]],
    ["md5(s) = '9f9d51bc70ef21ca5c14f307980a29d8'", [2]],
    // dates
    ['year(day) = 2020 AND month(day) = 2', [5]],
    ['extract(year from ts) = 2021', [2]],
    ["date_part('DAY', ts) = 31", [3]],
    ["date_trunc('month', ts) = TIMESTAMP '2020-02-01'", [5]],
    ['dayofmonth(day) = 30 AND hour(ts) = 0', [2]],
    ["to_date('2020-01-15') = day OR to_date(s) = day", [1]],
  ])('%s', async (clause, expected) => {
    expect(await kept(clause)).toEqual({ rows: expected, warnings: expect.anything() });
  });

  test('a quoted word that is no column is a text, with a warning', async () => {
    expect(await kept('s = "bob" AND "i" = 2')).toEqual({
      rows: [2],
      warnings: ['spec.transformation[0].options.clause: "bob" names no column and is taken as a text'],
    });
    expect((await kept('"odd nmae" = \'x\'')).warnings).toEqual([
      'spec.transformation[0].options.clause: "odd nmae" names no column and is taken as a text; did you mean the column "odd name"?',
    ]);
  });

  test('the clause may be as long and as deep as the limits say', async () => {
    const many = Array.from({ length: 120 }, (_, index) => `i = ${index}`).join(' OR ');
    expect((await kept(many)).rows).toEqual([1, 2, 3, 4]);
    expect((await kept(`${'('.repeat(48)}i = 1${')'.repeat(48)}`)).rows).toEqual([1]);
    expect((await kept(`i${' + 1'.repeat(40)} = 41`)).rows).toEqual([1]);
    expect((await kept(`s${" || 'x'".repeat(8)} = 'bobxxxxxxxx'`)).rows).toEqual([2]);
  });
});

describe('refused', () => {
  test.each<[string, string]>([
    // things that are no expression over one row
    ['i IN (SELECT 1)', 'subqueries are not allowed in a filter'],
    ['EXISTS (SELECT 1)', 'subqueries are not allowed in a filter'],
    ['(SELECT max(i) FROM t) = i', 'subqueries are not allowed in a filter'],
    ['i = ANY (SELECT 1)', 'subqueries are not allowed in a filter'],
    ['row_number() OVER () = 1', 'window functions are not allowed in a filter'],
    ['sum(i) > 1', 'function sum is not allowed in a filter'],
    ['count(*) > 1', 'function count_star is not allowed in a filter'],
    [
      'count(DISTINCT i) > 1',
      'function count with DISTINCT, FILTER, ORDER BY or a name in front is not allowed',
    ],
    ['abs(i) FILTER (WHERE b) > 1', 'function abs with DISTINCT, FILTER, ORDER BY or a name'],
    ['* = 1', 'not allowed in a filter'],
    ['COLUMNS(*) = 1', 'not allowed in a filter'],
    ['(i, 1) = (1, 1)', 'function row is not allowed in a filter'],
    ['DEFAULT', 'DEFAULT is not allowed in a filter'],
    ["s COLLATE nocase = 'BOB'", 'COLLATE is not allowed in a filter'],
    ['s LIKE s', 'LIKE needs a constant pattern in quotes'],
    ["s RLIKE lower('x')", 'RLIKE needs a constant pattern in quotes'],
    ["s RLIKE '('", 'missing )'],
    ["s LIKE 'a' ESCAPE 'xy'", 'ESCAPE needs one constant character'],
    ["s LIKE 'a!' ESCAPE '!'", 'must stand before %, _ or itself'],
    ["s LIKE 'a\\_'", 'a LIKE pattern with a backslash needs ESCAPE'],
    ["s SIMILAR TO 'x'", 'SIMILAR TO is not allowed in a filter; use RLIKE or LIKE'],
    ["s GLOB 'x'", 'operator ~~~ is not allowed in a filter'],
    ["regexp_full_match(s, 'x')", 'function regexp_full_match is not allowed in a filter; use RLIKE'],
    ["`regexp_full_match`(s, 'x')", 'function regexp_full_match must be written without quotes'],
    ["main.regexp_full_match(s, 'x')", 'must be written without quotes and without a name in front'],
    ['i BETWEEN SYMMETRIC 2 AND 1', 'BETWEEN SYMMETRIC is not allowed'],
    ['l = 1', 'INTEGER[]'],
    ['1 IN l', 'IN needs a list in parentheses'],
    ['a = b <=> c', '<=> beside another operator is ambiguous'],
    ["s <=> 'x' || 'y'", '<=> beside another operator is ambiguous'],
    ['1 <=> i BETWEEN 0 AND 1', '<=> beside another operator is ambiguous'],
    // functions that touch the world, the session or the clock
    ["read_csv('/etc/passwd') = 1", 'function read_csv is not allowed in a filter'],
    ["read_text('/etc/passwd') = s", 'function read_text is not allowed in a filter'],
    ["getenv('HOME') = s", 'function getenv is not allowed in a filter'],
    ["current_setting('access_mode') = s", 'function current_setting is not allowed in a filter'],
    ["getvariable('x') = s", 'function getvariable is not allowed in a filter'],
    ["nextval('q') = 1", 'function nextval is not allowed in a filter'],
    ["query('select 1') = 1", 'function query is not allowed in a filter'],
    ['random() < 0.5', 'random changes while a copy runs'],
    ['ts < now()', 'now changes while a copy runs'],
    ['ts < current_timestamp', 'current_timestamp changes while a copy runs'],
    ['ts < current_date()', 'current_date changes while a copy runs'],
    ["error('x')", 'function error is not allowed in a filter'],
    ["replace(s, 'a', 'b') = 'x'", 'function replace is not allowed in a filter'],
    ["repeat(s, 1000000) = 'x'", 'function repeat is not allowed in a filter'],
    ['lenght(s) = 1', 'did you mean length?'],
    ["date_format(ts, 'yyyy') = '2020'", 'function date_format is not allowed in a filter'],
    ['size(l) = 2', 'function size is not allowed in a filter'],
    ['ddc_sha512(s) = 1', 'function ddc_sha512 is not allowed in a filter'],
    ['dayofweek(day) = 1', 'function dayofweek is not allowed in a filter'],
    ['extract(dow from day) = 1', 'date_part needs one of these parts: year'],
    ['nvl(i) = 1', 'function nvl takes 2 arguments, not 1'],
    ['s.upper() = 1', 'function upper must be written without quotes and without a name in front'],
    // types and casts
    ['CAST(i AS INTEGER[]) = 1', '"[" at position 18'],
    ['CAST(i AS STRUCT(x INTEGER)) = 1', 'type STRUCT is not allowed in a filter'],
    ["CAST(s AS JSON) = '1'", 'type JSON is not allowed in a filter'],
    ['CAST(i AS byte) = 1', 'type byte is not allowed in a filter. Allowed: BOOLEAN'],
    ['i', 'the clause is of type BIGINT, not a condition'],
    ["'abc'", 'the clause is of type VARCHAR, not a condition'],
    ['1 + 1', 'not a condition'],
    ["i = 'abc'", "Could not convert string 'abc' to INT64"],
    ["day > '2020-13-01'", '2020-13-01'],
    ['s + 1 = 2', "'+(VARCHAR, INTEGER"],
    ['abs(s) = 1', "'abs(VARCHAR)'"],
    ['length(i, 2) = 1', "'length(BIGINT, INTEGER"],
    // columns
    ['i.x = 1', 'i.x: column "i" has no fields, it is of type BIGINT'],
    ['key.nope = 1', 'nope'],
    // text that is not one expression
    ['i =', 'not a condition: syntax error'],
    ['i = 1 i = 2', 'not a condition: syntax error at or near "i"'],
    ['SELECT 1', 'subqueries are not allowed in a filter'],
    ['FROM t', 'subqueries are not allowed in a filter'],
    ['DROP TABLE t', 'not a condition: syntax error'],
    ['i = 1; DROP TABLE t', '";" at position 6 is not allowed in a filter'],
    ['i = 1) OR (i = 2', 'a closing parenthesis has no opening one'],
    ['i = 1) UNION SELECT (1', 'a closing parenthesis has no opening one'],
    ['(i = 1', 'an opening parenthesis is never closed'],
    ['i = 1 GROUP BY i', 'not a condition: syntax error at or near "GROUP"'],
    ['i = 1 -- x', 'comments are not allowed in a filter'],
    ['i = 1 /* x */', 'comments are not allowed in a filter'],
    ["s = 'bob", "the quote ' at position 5 is never closed"],
    ['`i = 1', 'the quote ` at position 1 is never closed'],
    ['s = $$bob$$', '"$" at position 5 is not allowed in a filter'],
    ['i = ?', '"?" at position 5'],
    ['l[1] = 1', '"[" at position 2'],
    ['{x: 1} = 1', '"{" at position 1'],
    ['i & 1 = 1', '"&" at position 3'],
    ['i ^ 2 = 1', '"^" at position 3'],
    ["s ~ 'x'", '"~" at position 3'],
    ['@i = 1', '"@" at position 1'],
    ['i = 1\u00a0', 'character U+00A0 at position 6'],
    ['i = 1\u200b', 'character U+200B at position 6'],
    ['i = 1 \0', 'the clause holds characters that are not text'],
    ["s = '\ud800'", 'the clause holds characters that are not text'],
    ["s = E'a\\'b'", "strings with a prefix (E'...') are not allowed"],
    ["s = x'41'", "strings with a prefix (x'...') are not allowed"],
    ["s = r'a'", "strings with a prefix (r'...') are not allowed"],
    ['i = 1x', '"1x..." is not a number'],
    ['i = 0x1F', '"0x..." is not a number'],
    ['d < 1e999', 'number 1e999 is too large'],
  ])('%s', async (clause, part) => {
    const { code, message } = await refusal(clause);
    expect({ clause, code, message }).toEqual({
      clause,
      code: 'InvalidFilter',
      message: expect.stringContaining(part),
    });
    expect(message).toMatch(/^spec\.transformation\[0\]\.options\.clause: [^\n]+$/);
  });

  test.each([
    ['nope = 1', 'column "nope" does not exist in the source. Columns: i, s, d, n'],
    ['`od name` = 1', 'column "od name" does not exist in the source; did you mean "odd name"? Columns: i'],
    ['t.i = 1', 'column "t" does not exist in the source. Columns:'],
    ['rowid = 1', 'column "rowid" does not exist in the source'],
    ['position = 1', 'column "position" does not exist in the source'],
  ])('%s', async (clause, part) => {
    const { code, message } = await refusal(clause);
    expect(code).toBe('UnknownColumn');
    expect(message).toContain(`spec.transformation[0].options.clause: ${part}`);
  });

  const nested = (depth: number, wrap: (inner: string) => string): string =>
    Array.from({ length: depth }).reduce<string>((inner) => wrap(inner), 'i');

  test.each<[string, string, string]>([
    [
      'more characters than allowed',
      `i = 1${' '.repeat(4096)}`,
      'has 4101 characters, at most 4096 are allowed',
    ],
    ['more parentheses than allowed', `${'('.repeat(49)}b${')'.repeat(49)}`, 'nested more than 48 deep'],
    ['a deep sum', `i${'+1'.repeat(900)} = 1`, 'nested more than 48 deep'],
    ['a deep negation', `${'- '.repeat(900)}i = 1`, 'nested more than 48 deep'],
    ['a negation deeper than the parser goes', `${'NOT '.repeat(1000)}b`, 'Max expression depth'],
    ['many parts', `i IN (${Array.from({ length: 600 }, () => '1').join()})`, 'more than 500 parts'],
    ['long concatenations', `s${" || 'x'".repeat(9)} = 'x'`, 'more than 8 concatenations (||)'],
    [
      'long concatenations in words',
      `concat(s${", 'x'".repeat(9)}) = 'x'`,
      'more than 8 concatenations (||)',
    ],
    [
      'NULLIF, whose first operand doubles',
      `${nested(12, (x) => `nullif(${x}, 1)`)} = 1`,
      'more than 500 parts',
    ],
    ['divisors, which double', `1 / ${nested(12, (x) => `(1 / ${x})`)} = 1`, 'more than 500 parts'],
    [
      'BETWEEN, whose first operand doubles',
      nested(12, (x) => `(${x} BETWEEN true AND false)`),
      'more than 500 parts',
    ],
    [
      'CASE, whose operand multiplies',
      `${nested(60, (x) => `CASE ${x} WHEN 1 THEN 1 WHEN 2 THEN 2 END`)} = 1`,
      'CASE has too long an operand',
    ],
    [
      'CASE, whose operand multiplies behind parentheses',
      `${nested(40, (x) => `CASE (${x}) WHEN 1 THEN 1 WHEN 2 THEN 2 END`)} = 1`,
      'CASE has too long an operand',
    ],
  ])('%s', async (_name, clause, part) => {
    const { code, message } = await refusal(clause);
    expect(code).toBe('InvalidFilter');
    expect(message).toContain(part);
  });
});
