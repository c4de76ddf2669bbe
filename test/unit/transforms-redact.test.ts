import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { maskText } from '../../activities/engine/functions/masked-text.ts';
import { RandomStream, ROW_BYTES } from '../../activities/engine/functions/random-stream.ts';
import { openEngine, type TestEngine } from '../support/engine.ts';
import { runs } from '../support/runs.ts';
import { action, failure, table, transform, type Table } from '../support/transform.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await openEngine({ options: [], seed: 'a seed' });
});
afterAll(() => engine.close());

async function redacted(source: Table, options: Record<string, unknown>, by = engine): Promise<unknown[]> {
  const { rows } = await transform(by, source, [action('RedactColumns', ['s'], options)]);
  return rows.map(({ s }) => s);
}

const texts = (...values: (string | null)[]): Table =>
  table(
    { s: 'VARCHAR' },
    values.map((value) => [value === null ? 'NULL' : `'${value.replaceAll("'", "''")}'`]),
  );

describe('formatted', () => {
  test.each<[Record<string, unknown>, string, string]>([
    [{}, 'Anna-Lena, 42 Rue d’Été', 'Xxxx-Xxxx, 99 Xxx x’Xxx'],
    [{ keepLast: 4 }, '4111-1111-1111-1234', '9999-9999-9999-1234'],
    [{ creditCard: true }, '4111 1111 1111 1234', '9999 9999 9999 1234'],
    [{ creditCard: 'true' }, '1234', '9999'],
    [{ keepFirst: 2, keepLast: '1' }, 'AB-123-Z', 'AB-999-Z'],
    [{ keepFirst: 2, keepLast: 1 }, 'AB1', 'XX9'],
    [{ keepDomain: true }, 'jane.doe7@mail.example.com', 'xxxx.xxx9@mail.example.com'],
    [{ keepDomain: true, keepFirst: 1 }, 'a@b@c.de', 'a@x@c.de'],
    [{ keepDomain: true }, 'no address', 'xx xxxxxxx'],
    [{ keepDomain: true, keepLast: 2 }, '@twitter', '@twitter'],
    [{}, '', ''],
    [{}, '+49 (0)30 / 1٣', '+99 (9)99 / 99'],
    [{}, 'e\u0301 価格 🙂', 'xx xx 🙂'],
  ])('%j: %s', async (options, text, expected) => {
    const source = texts(text, null);
    expect(await redacted(source, { redactType: 'formatted', ...options })).toEqual([expected, null]);
  });

  test('shows no letter or digit beyond what is kept', () => {
    const count = fc.nat(5);
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 20 }),
        count,
        count,
        (text, keepFirst, keepLast) => {
          const masked = maskText(text, { keepFirst, keepLast, keepDomain: false });
          const [before, after] = [Array.from(text), Array.from(masked)];
          expect(after).toHaveLength(before.length);
          const places = before.flatMap((each, place) => (/[\p{L}\p{N}\p{M}]/u.test(each) ? [place] : []));
          const all = places.length <= keepFirst + keepLast;
          for (const [place, character] of after.entries()) {
            const rank = places.indexOf(place);
            const kept = rank < 0 || (!all && (rank < keepFirst || rank >= places.length - keepLast));
            if (kept) expect(character).toBe(before[place]);
            else expect('9xX').toContain(character);
          }
        },
      ),
      { numRuns: runs(500) },
    );
  });
});

describe('random', () => {
  const random = { redactType: 'random' };
  const same = texts(...Array.from({ length: 50 }, () => 'the same value in all rows'));

  test('has as many characters, in every row others, and does not look at the value', async () => {
    const lengths = [0, 1, 12, 13, 63, 64, 65, 200];
    const values = await redacted(texts(...lengths.map((length) => 'é'.repeat(length)), null), random);
    expect(values.map((value) => (value as string | null)?.length)).toEqual([...lengths, undefined]);
    for (const value of values.slice(0, -1)) expect(value).toMatch(/^[A-Za-z0-9]*$/);
    const rows = await redacted(same, random);
    expect(new Set(rows).size).toBe(50);
    const other = await redacted(texts(...rows.map(() => 'another value, as long as that')), random);
    expect(other.map((value) => (value as string).slice(0, 26))).toEqual(rows);
  });

  test('is the same for a repeated attempt, whatever its chunks, and another in another object, column or run', async () => {
    const rows = await redacted(same, random);
    expect(await redacted(same, random)).toEqual(rows);
    const later = { ...texts(...rows.slice(20).map(() => 'the same value in all rows')) };
    const from20 = { ...later, rowIdentity: { object: 'object@etag', first: 20 } };
    expect(await redacted(from20, random)).toEqual(rows.slice(20));
    const elsewhere = { ...same, rowIdentity: { object: 'object@other', first: 0 } };
    const otherRun = await openEngine({ options: [], seed: 'another seed' });
    const unlike = [
      await redacted(elsewhere, random),
      await redacted(same, random, otherRun),
      (
        await transform(
          engine,
          {
            ...same,
            relation: `(SELECT s, s AS t FROM ${same.relation})`,
            columns: ['s', 't'].map((name) => ({ name, type: 'VARCHAR', nullable: true })),
          },
          [action('RedactColumns', ['t'], random)],
        )
      ).rows.map(({ t }) => t),
    ];
    await otherRun.close();
    for (const values of unlike) for (const value of values) expect(rows).not.toContain(value);
  });

  test('a stream gives the same bytes in whatever order they are asked for', () => {
    const name = fc.constantFrom('a', 'b');
    const place = fc.tuple(name, fc.bigInt(0n, 5000n), fc.nat(2));
    fc.assert(
      fc.property(fc.array(place, { maxLength: 20 }), (places) => {
        const shared = new RandomStream('seed');
        for (const [stream, row, piece] of places) {
          const bytes = shared.row(stream, row, piece);
          expect(bytes).toHaveLength(ROW_BYTES);
          expect(bytes).toEqual(new RandomStream('seed').row(stream, row, piece));
        }
      }),
      { numRuns: runs(100) },
    );
  });
});

test('null keeps the type and no value', async () => {
  const source = table({ s: 'DECIMAL(10,2)' }, [['1.50'], ['NULL']]);
  const { columns, rows } = await transform(engine, source, [
    action('RedactColumns', ['s'], { redactType: 'NULL' }),
  ]);
  expect(columns).toEqual([{ name: 's', type: 'DECIMAL(10,2)' }]);
  expect(rows).toEqual([{ s: null }, { s: null }]);
});

test.each<[Record<string, unknown>, string]>([
  [{ redactType: 'blur' }, 'redactType: must be one of fixed, random, formatted, null, not "blur"'],
  [{ redactType: 1 }, 'redactType: must be one of fixed, random, formatted, null, not 1'],
  [{ redactType: 'null', redactValue: 'X' }, 'redactValue: is for redactType fixed only; remove one of them'],
  [{ keepLast: 4 }, 'keepLast: is for redactType formatted only; add it or remove this option'],
  [{ redactType: 'formatted', keepFirst: -1 }, 'keepFirst: must be a whole number from 0 to 1000, not -1'],
  [{ redactType: 'formatted', keepFirst: '1.5' }, 'keepFirst: must be a whole number from 0 to 1000, not'],
  [{ redactType: 'formatted', keepDomain: 'yes' }, 'keepDomain: must be true or false, not "yes"'],
  [{ redactType: 'formatted', creditCard: true, keepLast: 2 }, 'keepLast: creditCard sets it already'],
  [{ onMissingColumn: 'skip' }, 'onMissingColumn: must be one of fail, ignore, not "skip"'],
])('refuses %j', async (options, message) => {
  const { code, message: actual } = await failure(redacted(texts('a'), options));
  expect(code).toBe('InvalidOption');
  expect(actual).toContain(`spec.transformation[0].options.${message}`);
});
