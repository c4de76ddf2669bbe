import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseExpression, printExpression, typeOfExpression } from '../../activities/engine/expressions.ts';
import { compileFilter } from '../../activities/transforms/filter/compile.ts';
import type { TransformContext } from '../../activities/transforms/transform.ts';
import { openEngine, type TestEngine } from '../support/engine.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(() => engine.close());

describe('parseExpression', () => {
  test.each([
    'a = 1) UNION SELECT (1',
    'a = 1) GROUP BY (a',
    'a = 1) LIMIT (1',
    '1); DROP TABLE t; SELECT (1',
    '',
    'a =',
  ])('refuses %j, which is not one expression', async (text) => {
    await expect(parseExpression(engine, text)).rejects.toThrow(
      /not a single expression|syntax error|Only SELECT statements/,
    );
  });

  test('a comment cannot swallow what follows the expression', async () => {
    expect(await printExpression(engine, await parseExpression(engine, 'a = 1 -- x'))).toBe('(a = 1)');
  });

  test.each([
    '(a = 9007199254740993)',
    "(a = 'it''s')",
    '("odd ""name" > 1.50)',
    '(a = 12345678901234567890)',
  ])('%s comes back from the printer digit for digit', async (text) => {
    expect(await printExpression(engine, await parseExpression(engine, text))).toBe(text);
  });
});

describe('typeOfExpression', () => {
  const relation = [
    { name: 'i', type: 'BIGINT' },
    { name: 'odd "name', type: 'STRUCT(x DATE)' },
  ];

  test('names the type', async () => {
    expect(await typeOfExpression(engine, relation, 'i + 1')).toBe('BIGINT');
    expect(await typeOfExpression(engine, relation, '"odd ""name".x')).toBe('DATE');
  });

  test('finds constants that could never be evaluated', async () => {
    await expect(typeOfExpression(engine, relation, "i = CAST('x' AS INTEGER)")).rejects.toThrow(
      'Could not convert',
    );
  });
});

test('compileFilter executes nothing that reads back otherwise than it was allowed', async () => {
  const relation = [{ name: 'i', type: 'BIGINT' }];
  for (const printed of ["(i = 1) OR read_text('x') = ''", '(i = 2)', "(i = '1')", '(i = 1.0)', 'true'])
    await expect(compileFilter('i = 1', relation, context(printed))).rejects.toMatchObject({
      code: 'InvalidFilter',
      message: expect.stringContaining('cannot be expressed safely'),
    });
});

/** A context whose engine prints `printed`, whatever it is given. */
function context(printed: string): TransformContext {
  return {
    path: 'spec.transformation[0]',
    index: 0,
    changeData: false,
    row: { object: 'o', number: 'n' },
    fieldsOf: () => Promise.reject(new Error('must not be reached')),
    parseExpression: (text) => parseExpression(engine, text),
    printExpression: () => Promise.resolve(printed),
    typeOf: () => Promise.reject(new Error('must not be reached')),
  };
}
