import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { compileSelect, needsRowNumbers } from '../../activities/engine/select.ts';
import { NO_SECRETS } from '../../activities/transforms/secrets.ts';
import { openEngine, type TestEngine } from '../support/engine.ts';
import { runs } from '../support/runs.ts';
import { action, failure, R, textTable, transform, TRANSFORMS, type Table } from '../support/transform.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(() => engine.close());

/** Rows [from, to) of an object whose row i holds i. */
const rowsOf = (from: number, to: number, object = 'key@etag'): Table => ({
  columns: [{ name: 'i', type: 'BIGINT', nullable: true }],
  relation: `(SELECT i FROM range(${from}, ${to}) r(i))`,
  rowIdentity: { object, first: from },
});

async function kept(source: Table, options: object = {}, before: ReturnType<typeof action>[] = []) {
  const { rows } = await transform(engine, source, [...before, action('SampleRows', [], { ...options })]);
  return rows.map(({ i }) => Number(i));
}

describe('SampleRows', () => {
  test.each([0.25, 0.2, 0.001, 0.9])('keeps about %d of the rows', async (fraction) => {
    const count = 50_000;
    const share = (await kept(rowsOf(0, count), { fraction })).length / count;
    // Five standard deviations.
    expect(Math.abs(share - fraction)).toBeLessThan(5 * Math.sqrt((fraction * (1 - fraction)) / count));
  });

  test('keeps a quarter by default, all for 1, none for 0', async () => {
    expect(await kept(rowsOf(0, 4000))).toEqual(await kept(rowsOf(0, 4000), { fraction: '0.25', seed: 0 }));
    expect(await kept(rowsOf(0, 100), { fraction: 1 })).toHaveLength(100);
    expect(await kept(rowsOf(0, 100), { fraction: 0 })).toEqual([]);
  });

  test('keeps the same rows whatever the chunks', async () => {
    const whole = await kept(rowsOf(0, 10_000));
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(10_000), { maxLength: 5 }), async (cuts) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), 10_000];
        const chunks = edges.slice(1).map((to, index) => rowsOf(edges[index]!, to));
        const pieces = await Promise.all(chunks.map((chunk) => kept(chunk)));
        expect(pieces.flat()).toEqual(whole);
      }),
      { numRuns: runs(20) },
    );
  });

  test('keeps the same of the rows that a filter before it left', async () => {
    const whole = await kept(rowsOf(0, 5000));
    const even = action('FilterRows', [], { clause: 'i % 2 = 0' });
    expect(await kept(rowsOf(0, 5000), {}, [even])).toEqual(whole.filter((i) => i % 2 === 0));
  });

  test('keeps other rows with another seed and of another object', async () => {
    const all = [
      await kept(rowsOf(0, 1000)),
      await kept(rowsOf(0, 1000), { seed: 'x' }),
      await kept(rowsOf(0, 1000, 'key@other')),
    ];
    expect(new Set(all.map(String)).size).toBe(3);
  });

  test('does not take columns for what it knows rows by', async () => {
    const source = rowsOf(0, 1000);
    const named = ['i', 'ddc_row', 'DDC_OBJECT'].map((name) => ({ name, type: 'BIGINT', nullable: true }));
    const relation = `(SELECT i, 0 AS ddc_row, 0 AS "DDC_OBJECT" FROM ${source.relation})`;
    expect(await kept({ ...source, columns: named, relation })).toEqual(await kept(source));
  });

  test('repeats the text of what it keeps', async () => {
    const source = textTable({ ddc_row: 'BIGINT', DDC_OBJECT: 'DOUBLE' }, [['007', '1.50']]);
    const { rows, columns } = await transform(
      engine,
      source,
      [action('SampleRows', [], { fraction: 1 })],
      true,
    );
    expect(rows).toEqual([{ ddc_row: '007', DDC_OBJECT: '1.50' }]);
    expect(columns.map(({ name }) => name)).toEqual(['ddc_row', 'DDC_OBJECT']);
  });

  test.each([
    [{ fraction: 1.5 }, 'fraction: must be a number from 0 to 1, not 1.5'],
    [{ fraction: 'half' }, 'fraction: must be a number from 0 to 1, not "half"'],
    [{ fraction: -0.1 }, 'fraction: must be a number from 0 to 1, not -0.1'],
    [{ seed: ['x'] }, 'seed: must be a text without NUL characters, not ["x"]'],
  ])('refuses %j', async (options, message) => {
    const error = await failure(kept(rowsOf(0, 1), options));
    expect(error).toMatchObject({ code: 'InvalidOption' });
    expect(error.message).toContain(`spec.transformation[0].options.${message}`);
  });
});

describe('what rows must be known by', () => {
  const sample = action('SampleRows');
  const random = action('RedactColumns', ['s'], { redactType: 'random' });
  test.each([
    ['none', [action('RedactColumns', ['s'])]],
    ['any', [random, action('RemoveColumns', ['i'])]],
    ['numbered', [random, sample]],
  ])('%s', async (rowIdentity, transformations) => {
    expect(await compileSelect(R, transformations, TRANSFORMS, engine)).toMatchObject({ rowIdentity });
    expect(needsRowNumbers(transformations, TRANSFORMS, NO_SECRETS)).toBe(rowIdentity === 'numbered');
  });
});
