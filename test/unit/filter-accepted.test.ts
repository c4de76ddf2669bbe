import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openClauseEngine } from '../../activities/engine/clause-engine.ts';
import { clauseProblem, type ClauseEngine } from '../../activities/transforms/filter/check.ts';
import { openEngine, type TestEngine } from '../support/engine.ts';
import { keptRows } from '../support/filter-source.ts';

let engine: TestEngine;
let parser: ClauseEngine;
beforeAll(async () => {
  engine = await openEngine();
  parser = await openClauseEngine();
});
afterAll(() => engine.close());

const ALL = [1, 2, 3, 4, 5];

async function kept(clause: string): ReturnType<typeof keptRows> {
  // Without the columns nothing may be refused that is right with them.
  expect(await clauseProblem(clause, parser)).toBeUndefined();
  return keptRows(engine, clause);
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
    ["s LIKE '_.%b' OR s LIKE 'b?_' OR s LIKE '[b]__'", []],
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
    ["date_format(ts, 'yyyy-MM-dd''T''HH:mm:ss') = '2020-01-15T10:30:00'", [1]],
    ["date_format(day, 'yy/%') = '99/%'", [3]],
    ['size(l) = 2 AND i = 1', [1]],
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
