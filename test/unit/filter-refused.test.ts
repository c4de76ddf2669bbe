import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openClauseEngine } from '../../activities/engine/clause-engine.ts';
import { clauseProblem, type ClauseEngine } from '../../activities/transforms/filter/check.ts';
import { openEngine, type TestEngine } from '../support/engine.ts';
import { keptRows } from '../support/filter-source.ts';
import { failure } from '../support/transform.ts';

/** Refused, but only when the columns are known. */
const NEEDS_COLUMNS = new Set([
  'l = 1',
  'ts < current_timestamp',
  'size(s) = 2',
  'i',
  "'abc'",
  '1 + 1',
  "i = 'abc'",
  "day > '2020-13-01'",
  's + 1 = 2',
  'abs(s) = 1',
  'length(i, 2) = 1',
  'i.x = 1',
  'key.nope = 1',
]);

let engine: TestEngine;
let parser: ClauseEngine;
beforeAll(async () => {
  engine = await openEngine();
  parser = await openClauseEngine();
});
afterAll(() => engine.close());

async function refusal(clause: string): Promise<{ code: string; message: string }> {
  const { code, message, class: failureClass } = await failure(keptRows(engine, clause));
  expect(failureClass).toBe('fatal');
  return { code, message };
}

/** A clause that wraps another one, again and again. */
function nested(depth: number, wrap: (inner: string) => string): string {
  return Array.from({ length: depth }).reduce<string>((inner) => wrap(inner), 'i');
}

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
    ["date_format(ts, 'yyyy-w') = '2020'", 'date_format: w is not supported in a pattern. Supported: yyyy'],
    ["date_format(ts, 'yyyy''') = '2020'", 'date_format: a quote in the pattern is never closed'],
    ['date_format(ts, s) = 1', 'date_format needs a constant pattern in quotes'],
    ['size(s) = 2', "'array_length(VARCHAR)'"],
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
    const known = await clauseProblem(clause, parser);
    if (NEEDS_COLUMNS.has(clause)) expect(known).toBeUndefined();
    else expect(known).toContain(part);
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
    expect(await clauseProblem(clause, parser)).toContain(part);
  });
});
