import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { PlanHints } from '../../workflows/contract.ts';
import type { FormatOptions } from '../../workflows/contract/formats.ts';
import { TransferError } from '../../activities/failures.ts';
import { json } from '../../activities/formats/json/json.ts';
import type { ChunkSource } from '../../activities/formats/format.ts';
import {
  chunkDirectory,
  describeSource,
  MemoryReader,
  withWorkbench,
  writeObject,
} from '../support/files.ts';
import type { Workbench } from '../support/files.ts';
import { runs } from '../support/runs.ts';

/** A number by its text, so that none is rounded on the way through the test. */
class Digits {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  /** Equal for equal numbers however they are written. */
  get value(): string {
    const [, sign, whole, fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(
      this.text,
    )!;
    const digits = `${whole}${fraction}`.replace(/^0+/, '');
    const trimmed = digits.replace(/0+$/, '');
    return trimmed === ''
      ? '0'
      : `${sign}${trimmed}e${Number(exponent) - fraction.length + digits.length - trimmed.length}`;
  }
}
type Value = null | boolean | string | Digits | Value[] | Map<string, Value>;

const name = fc.constantFrom(
  'a',
  'b',
  'c',
  'B',
  'é',
  'with "quotes"',
  'späce d',
  '',
  '__proto__',
  'a\\b',
  "it's",
);
const column = name.filter((text) => text !== '' && text !== 'B');
const digits = fc.oneof(
  fc.integer().map(String),
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((double) => JSON.stringify(double)),
  fc.stringMatching(/^-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,25})?([eE][+-]?[0-9]{1,2})?$/),
  fc.constantFrom(
    '-0',
    '1.0',
    '1e5',
    '0.1',
    '9007199254740993',
    '18446744073709551615',
    '1E+400',
    '-9223372036854775808',
  ),
);
const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', '')),
    digits.map((text) => new Digits(text)),
    fc.array(tie('value'), { maxLength: 3 }),
    fc
      .uniqueArray(fc.tuple(name, tie('value')), { maxLength: 3, selector: ([key]) => key })
      .map((entries) => new Map(entries)),
  ),
}));
const record = fc
  .uniqueArray(fc.tuple(column, value), { maxLength: 4, selector: ([key]) => key })
  .map((entries) => new Map(entries));
/** Few kinds of values in most columns, as in real data. */
const records = fc
  .array(record, { minLength: 1, maxLength: 12 })
  .filter((rows) => rows.some((row) => row.size > 0));

function print(value: Value, space: () => string): string {
  const between = (parts: string[]): string => parts.map((part) => `${space()}${part}${space()}`).join(',');
  if (value instanceof Digits) return value.text;
  if (Array.isArray(value))
    return `[${value.length === 0 ? space() : between(value.map((item) => print(item, space)))}]`;
  if (value instanceof Map) {
    const entries = [...value].map(
      ([key, item]) => `${JSON.stringify(key)}${space()}:${space()}${print(item, space)}`,
    );
    return `{${entries.length === 0 ? space() : between(entries)}}`;
  }
  return JSON.stringify(value);
}

function parse(text: string): Value {
  return JSON.parse(text, (_key, parsed: unknown, { source }) => {
    if (typeof parsed === 'number') return new Digits(source!);
    if (parsed === null || typeof parsed !== 'object' || Array.isArray(parsed) || parsed instanceof Digits)
      return parsed;
    return new Map(Object.entries(parsed));
  }) as Value;
}

/** Nothing is lost: every value is there, as it was or as the text of it. */
function same(before: Value | undefined, after: Value | undefined): boolean {
  if (before === undefined || before === null) return after === null || after === undefined;
  if (typeof before === 'string') return before === after;
  if (typeof after === 'string') {
    const text = parse(after);
    return before instanceof Digits ? before.text === after : equal(before, text);
  }
  if (before instanceof Digits) return after instanceof Digits && sameNumber(before, after);
  if (Array.isArray(before)) {
    return (
      Array.isArray(after) &&
      before.length === after.length &&
      before.every((item, i) => same(item, after[i]))
    );
  }
  if (before instanceof Map) {
    return (
      after instanceof Map &&
      [...new Set([...before.keys(), ...after.keys()])].every((key) => same(before.get(key), after.get(key)))
    );
  }
  return before === after;
}

/** As decimals, or as a double of which the text has all digits (`0.10000000000000001` and 0.1). */
function sameNumber(before: Digits, after: Digits): boolean {
  if (before.value === after.value) return true;
  const digits = /^-?([1-9]\d*)e/.exec(before.value)![1]!.length;
  const printed = new Digits(Number(after.text).toPrecision(digits > 17 ? 1 : digits));
  return digits > 15 && printed.value === before.value;
}

const equal = (a: Value, b: Value): boolean => print(a, () => '') === print(b, () => '');

/** JSON -> JSON through chunks, planning again as the workflow does. */
async function copy(
  bench: Workbench,
  reader: MemoryReader,
  chunkBytes: number,
  options: FormatOptions,
  rowNumbers: boolean,
): Promise<Buffer> {
  let hints: PlanHints = {};
  for (let plans = 1; plans <= 3; plans++) {
    try {
      const description = await describeSource(json, reader, bench, {
        chunkBytes,
        maxChunks: 12,
        hints,
        rowNumbers,
      });
      const source: ChunkSource = { location: reader.location, ...description };
      const queries: string[] = [];
      let rows = 0;
      for (let index = 0; index < description.cuts.length - 1; index++) {
        const chunk = await json.fetch(reader, source, index, chunkDirectory(bench));
        queries.push(`SELECT * FROM ${chunk.relation}`);
        const [counted] = await bench.engine.query(`SELECT count(*)::INTEGER AS n FROM ${chunk.relation}`);
        expect(counted!['n']).toBe(chunk.rows);
        if (rowNumbers) expect(description.firstRows?.[index]).toBe(rows);
        rows += chunk.rows;
      }
      return (await writeObject(json, queries, bench, { options })).object;
    } catch (error) {
      if (!(error instanceof TransferError) || error.class !== 'replan') throw error;
      hints = JSON.parse(JSON.stringify({ ...hints, ...error.hints }));
    }
  }
  throw new Error('planned again and again');
}

describe('random records', () => {
  test('come through a copy whole and in order, whatever the layout, the cuts and the pieces', async () => {
    const layout = fc.constantFrom('lines', 'array');
    const compression = fc.constantFrom('none', 'none', 'gzip', 'zstd');
    const spaces = fc.array(fc.constantFrom('', '', ' ', '\t', '\r\n', '\n  '), {
      minLength: 1,
      maxLength: 7,
    });
    await withWorkbench((bench) =>
      fc.assert(
        fc.asyncProperty(
          records,
          layout,
          compression,
          layout,
          spaces,
          fc.integer({ min: 1, max: 200 }),
          fc.integer({ min: 1, max: 300 }),
          fc.boolean(),
          async (rows, from, packing, to, blanks, piece, chunkBytes, rowNumbers) => {
            let turn = 0;
            const space = () =>
              blanks[turn++ % blanks.length]!.replaceAll(from === 'lines' ? /[\r\n]/g : /^$/g, '');
            const texts = rows.map((row) => `${space()}${print(row, space)}${space()}`);
            const plain = Buffer.from(
              from === 'lines' ? texts.join('\n') : `${space()}[${texts.join(',')}]${space()}`,
            );
            const object =
              packing === 'none' ? plain : packing === 'gzip' ? gzipSync(plain) : zstdCompressSync(plain);
            const reader = new MemoryReader(object, { piece });
            const copied = (
              await copy(bench, reader, chunkBytes, { json: { layout: to as 'lines' } }, rowNumbers)
            ).toString();
            const read = to === 'array' ? parse(copied) : copied.split('\n').slice(0, -1).map(parse);
            expect((read as Value[]).length).toBe(rows.length);
            rows.forEach((row, index) =>
              expect([print(row, () => ''), same(row, (read as Value[])[index])]).toEqual([
                expect.anything(),
                true,
              ]),
            );
          },
        ),
        { numRuns: runs(200) },
      ),
    );
  }, 120_000);

  test('of which the last in a block is not whole are read again with the next', async () => {
    const [sampled] = fc.sample(fc.array(record, { minLength: 40, maxLength: 40 }), { numRuns: 1, seed: 7 });
    // 1.1 is 1.10 in a column of text, where it must be quoted once, and records of up to 3 MiB
    const rows = Array.from({ length: 30_000 }, (_, i) => {
      const extra = new Map<string, Value>([
        ['n', new Digits('1.10')],
        ['s', i === 9_000 ? 'x'.repeat(3e6) : 'y'],
      ]);
      return new Map<string, Value>([
        ...sampled![i % 40]!,
        ...extra,
        ['t', i % 2 === 0 ? new Digits('1.10') : 'z'],
      ]);
    });
    const texts = rows.map((row) => print(row, () => ''));
    await withWorkbench(async (bench) => {
      for (const object of [`[${texts.join(',\n')}]`, texts.join('\n')]) {
        const copied = await copy(bench, new MemoryReader(object), 2_000_000, {}, true);
        const read = copied.toString().split('\n').slice(0, -1).map(parse);
        expect(read).toHaveLength(rows.length);
        expect(rows.findIndex((row, index) => !same(row, read[index]))).toBe(-1);
      }
    });
  }, 60_000);

  test('are refused exactly when JSON.parse or the rules of records refuse them', async () => {
    const fragment = fc.constantFrom(
      ...[
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"a"',
        '"b"',
        '"',
        '\\',
        '1',
        '-',
        '.5',
        '0',
        '1.5',
        'e5',
        'true',
        'null',
        'nul',
        ' ',
        '\t',
        'NaN',
        '\\u0041',
        '\\ud800',
        '"\u0001"',
        '{"a":1',
        '{"a":',
        '}',
        '"x":[1]',
      ],
    );
    await withWorkbench((bench) =>
      fc.assert(
        fc.asyncProperty(
          fc.array(fragment, { maxLength: 12 }).map((parts) => parts.join('')),
          async (text) => {
            let parsed: unknown;
            try {
              parsed = JSON.parse(text);
            } catch {
              parsed = undefined;
            }
            const object = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
            const twice =
              object && print(parse(text), () => '').length !== text.replaceAll(/[ \t]/g, '').length;
            const lone = object && !JSON.stringify(parsed).isWellFormed();
            const accepted = await describeSource(json, new MemoryReader(`{"k":1}\n${text}`), bench, {
              options: { json: { layout: 'lines' } },
            }).then(
              () => true,
              (error: unknown) => {
                expect(error).toMatchObject({
                  code: 'MalformedData',
                  message: expect.stringMatching(/^s3:\/\/bucket\/key line 2 \(byte \d+\): /),
                });
                return false;
              },
            );
            if (object && !twice && !lone && !text.includes('\\u'))
              expect([text, accepted]).toEqual([text, true]);
            if (!object && text.trim() !== '') expect([text, accepted]).toEqual([text, false]);
          },
        ),
        { numRuns: runs(1000) },
      ),
    );
  }, 60_000);
});
