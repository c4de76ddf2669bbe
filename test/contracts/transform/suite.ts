import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { compileSelect } from '../../../activities/engine/select.ts';
import { parseOptions } from '../../../activities/transforms/options.ts';
import type { Effect, Transform, TransformContext } from '../../../activities/transforms/transform.ts';
import { transformContext } from '../../../activities/engine/transform-context.ts';
import { openEngine, type TestEngine } from '../../support/engine.ts';
import { action, failure, table, transform, TRANSFORMS, type Table } from '../../support/transform.ts';

/** How one transformation is held against the contract. */
export interface TransformCase {
  transform: Transform;
  /** Columns of SOURCE to work on, empty for an action on rows. */
  columns: string[];
  /** Valid options. */
  options: Record<string, unknown>;
  /** Values of options that are secret. */
  secrets?: Record<string, string>;
  /** Names of all options. */
  optionNames: string[];
  /** What a column that is not there leads to; an action on rows has none. */
  missingColumn?: 'fatal' | 'warning';
  /** Expected values per column of SOURCE's row that holds nulls only; absent = the row is dropped. */
  nulls?: Record<string, unknown>;
}

const HOSTILE = {
  'quote"d': 'VARCHAR',
  'line\nbreak': 'VARCHAR',
  prix_été_価格: 'VARCHAR',
  constructor: 'VARCHAR',
  "semi;colon--'": 'VARCHAR',
  select: 'VARCHAR',
};

const ROWS = [
  ["'a'", '1', "'x'", '1.5'],
  ['NULL', 'NULL', 'NULL', 'NULL'],
  ["''", '-2', "'é\n\"'", '2.25'],
  ["'it''s'", '3', "'x'", '0'],
];

const TYPES: Record<string, string> = { s: 'VARCHAR', i: 'BIGINT', Name: 'VARCHAR', amount: 'DECIMAL(10,2)' };
const SOURCE = table(TYPES, ROWS);

/** What every transformation must do, whatever its action. */
export function transformContract(given: TransformCase): void {
  const { transform: subject, columns, options, secrets: secretValues = {} } = given;
  const secrets = { options: [secretValues], seed: 'the seed of the run' };
  const asked = (names: readonly string[], more: object = {}) =>
    action(subject.action, [...names], { ...options, ...more }, Object.keys(secretValues));
  const parse = (names: readonly string[]) => parseOptions(subject, asked(names), 'p', secretValues);
  const apply = (engine: TestEngine, source: Table, names = columns) =>
    transform(engine, source, [asked(names)], false, { secrets });

  describe(`contract of ${subject.action}`, () => {
    let engine: TestEngine;
    beforeAll(async () => {
      engine = await openEngine(secrets);
    });
    afterAll(() => engine.close());

    const effectOf = (names: string[]): Promise<Effect> =>
      subject.effect(SOURCE.columns, names, parse(names), contextOf(engine));

    test('has names, a description, and options that documentation can show', () => {
      expect(subject.action).toMatch(/^[A-Z][A-Za-z]+$/);
      expect(subject.description).toMatch(/^[A-Z].*\.$/);
      const names = TRANSFORMS.flatMap((known) => [known.action, ...known.aliases]).map((name) =>
        name.toLowerCase(),
      );
      expect(new Set(names).size).toBe(names.length);
      const schema = z.toJSONSchema(subject.options, { io: 'input' });
      expect(Object.keys(schema.properties ?? {})).toEqual(given.optionNames);
      for (const property of Object.values(schema.properties ?? {}))
        expect(property).toHaveProperty('description');
    });

    test('is a pure function whose effect is plain JSON', async () => {
      const frozen = SOURCE.columns.map((column) => Object.freeze({ ...column }));
      const names = Object.freeze([...columns]);
      const first = await subject.effect(Object.freeze(frozen), names, parse(columns), contextOf(engine));
      expect(await effectOf(columns)).toEqual(first);
      expect(JSON.parse(JSON.stringify(first))).toEqual(first);
    });

    test('says nothing secret in its effect', async () => {
      const effect = JSON.stringify(await effectOf(columns));
      for (const secret of [...Object.values(secretValues), secrets.seed])
        expect(effect).not.toContain(secret);
    });

    test('keeps the order of columns, and the engine confirms the declared types', async () => {
      const { columns: after, rows } = await apply(engine, SOURCE);
      const left = SOURCE.columns
        .map((column) => column.name)
        .filter((name) => after.some((c) => c.name === name));
      expect(after.map((column) => column.name)).toEqual(left);
      for (const row of rows) expect(Object.keys(row)).toEqual(left);
      const { replace = {} } = await effectOf(columns);
      for (const [name, { type }] of Object.entries(replace))
        expect(after.find((column) => column.name === name)?.type).toBe(type);
    });

    test('leaves the other columns as they are', async () => {
      const { columns: after } = await apply(engine, SOURCE);
      const untouched = after.filter((column) => !columns.includes(column.name));
      for (const { name, type } of untouched) expect(type).toBe(TYPES[name]);
    });

    test('treats nulls as documented', async () => {
      const { rows } = await apply(engine, table(TYPES, [ROWS[1]!]));
      expect(rows).toEqual(given.nulls === undefined ? [] : [given.nulls]);
    });

    test('gives the same rows for a whole and for its pieces', async () => {
      const whole = await apply(engine, SOURCE);
      const pieces = await Promise.all(
        ROWS.map((row, first) => {
          const rowIdentity = { object: 'object@etag', first };
          return apply(engine, { ...table(TYPES, [row]), rowIdentity });
        }),
      );
      expect(pieces.flatMap((piece) => piece.rows)).toEqual(whole.rows);
    });

    test('works on no rows', async () => {
      const none = await apply(engine, table(TYPES, []));
      expect(none.rows).toEqual([]);
      expect(none.columns).toEqual((await apply(engine, SOURCE)).columns);
    });

    test('refuses an unknown option and names the known ones', async () => {
      const unknown = asked(columns, { colour: 'red' });
      const error = await failure(compileSelect(SOURCE, [unknown], TRANSFORMS, engine, { secrets }));
      expect(error).toMatchObject({ code: 'InvalidOption', class: 'fatal' });
      expect(error.message).toContain('spec.transformation[0].options.colour: unknown option');
      for (const name of given.optionNames) expect(error.message).toContain(name);
    });

    test('says whether columns have to be named', () => {
      expect(given.transform.needsColumns).toBe(given.missingColumn !== undefined);
    });

    if (given.missingColumn !== undefined) {
      test('finds columns whatever their case', async () => {
        const upper = await apply(
          engine,
          SOURCE,
          columns.map((name) => name.toUpperCase()),
        );
        expect(upper).toEqual(await apply(engine, SOURCE));
      });

      test(`says which column is missing and which exist (${given.missingColumn})`, async () => {
        const missing = apply(engine, SOURCE, ['s', 'amont']);
        const text =
          given.missingColumn === 'fatal' ? await unknownColumn(missing) : (await missing).warnings[0];
        expect(text).toContain('spec.transformation[0].columns: column "amont" does not exist in the source');
        expect(text).toContain('Columns: s, i, Name, amount');
      });

      test('needs a column', async () => {
        const error = await failure(apply(engine, SOURCE, []));
        expect(error).toMatchObject({ code: 'InvalidOption' });
        expect(error.message).toContain('spec.transformation[0].columns: ');
      });

      test.each(Object.keys(HOSTILE))('works on a column named %j', async (name) => {
        const source = table(HOSTILE, [Object.keys(HOSTILE).map((column) => `'${column.length}'`)]);
        const { rows, columns: after } = await apply(engine, source, [name]);
        expect(rows).toHaveLength(1);
        for (const column of after)
          if (column.name !== name) expect(rows[0]![column.name]).toBe(String(column.name.length));
        expect(rows[0]![name]).not.toBe(String(name.length));
      });
    }
  });
}

function contextOf(engine: TestEngine): TransformContext {
  const about = { path: 'spec.transformation[0]', index: 0, changeData: false };
  return transformContext(about, { object: 'ddc_object', number: 'ddc_row' }, engine);
}

async function unknownColumn(missing: Promise<unknown>): Promise<string> {
  const error = await failure(missing);
  expect(error.code).toBe('UnknownColumn');
  return error.message;
}
