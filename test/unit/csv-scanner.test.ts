import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RFC_4180 } from '../../activities/formats/csv/dialect.ts';
import { KIND, typeOfKinds } from '../../activities/formats/csv/kinds.ts';
import { readCsv } from '../../activities/formats/csv/relation.ts';
import { Scanner } from '../../activities/formats/csv/scanner.ts';
import { withWorkbench } from '../support/files.ts';
import type { Workbench } from '../support/files.ts';
import { runs } from '../support/runs.ts';

function scan(text: string | Buffer, fields: number, piece = 1e9): Scanner {
  const bytes = Buffer.from(text);
  const scanner = new Scanner(fields);
  for (let at = 0; at < bytes.length; at += piece) scanner.push(bytes.subarray(at, at + piece));
  scanner.finish();
  return scanner;
}

function typesOf(scanner: Scanner, fields: number): string[] {
  return Array.from({ length: fields }, (_, column) =>
    typeOfKinds(scanner.kinds(column).map(({ kind }) => kind)),
  );
}

let files = 0;
async function readWith(bench: Workbench, text: string, types: readonly string[], scanner: Scanner) {
  const file = join(bench.directory, `${files++}.csv`);
  writeFileSync(file, text);
  const columns = types.map((type, index) => ({ name: `c${index}`, type }));
  const rows = await bench.engine.query(`SELECT * FROM ${readCsv(file, columns, scanner, RFC_4180)}`);
  return rows.map((row) => Object.values(row));
}

/** RFC 4180 in its plainest form: the reference for what scanner and engine make of a text. */
function parse(text: string, fields: number): (string | null)[][] {
  const values = /("(?:[^"]|"")*"|[^,\n]*?)(,|\r?\n|\r?$)/gy;
  const records: (string | null)[][] = [];
  let record: (string | null)[] = [];
  while (values.lastIndex < text.length || record.length > 0) {
    const [, value, end] = values.exec(text)!;
    record.push(
      value === '' ? null : value!.replace(/^"([^]*)"$/, (_, quoted: string) => quoted.replaceAll('""', '"')),
    );
    if (end === ',') continue;
    if (fields === 1 || record.length > 1 || record[0] !== null) records.push(record);
    record = [];
  }
  return records;
}

describe('records', () => {
  test.each([
    ['a,b\nc,d\n', 2, 2],
    ['a,b\nc,d', 2, 2],
    ['a,b\r\nc,d\r\n', 2, 2],
    ['\n\na,b\n\nc,d\n\n', 2, 2],
    ['\r\na,b\r\n\r\n', 2, 1],
    ['a\n\nb\n\n', 1, 4],
    ['"a\nb",c\n"d\r\ne",f', 2, 2],
    ['"a ""x"", b",c\n"",""\n', 2, 2],
    [',\n,', 2, 2],
    ['5" pipe,x\ny"z",w"\n', 2, 2],
    ['', 2, 0],
  ])('%j with %i fields: %i', (text, fields, records) => {
    const scanner = scan(text, fields);
    expect(scanner.flaw).toBeUndefined();
    expect(scanner.records).toBe(records);
  });

  test.each([
    ['a,b\nc\nd,e,f\n', 2, { line: 2, what: 'fields', found: 1 }],
    ['a,b\n\n"x\ny",z\nc,d,e\n', 2, { line: 5, what: 'fields', found: 3 }],
    ['a,b\nc,d,\n', 2, { line: 2, what: 'fields', found: 3 }],
    ['a,b\n"c"d,e\n', 2, { line: 2, what: 'misquoted' }],
    ['a, "b"\n', 2, { line: 1, what: 'misquoted' }],
    ['"a" ,b\n', 2, { line: 1, what: 'misquoted' }],
    ['a,b\rc,d\n', 2, { line: 1, what: 'bareReturn' }],
    ['a,b\nc,"d\n\n', 2, { line: 2, what: 'unterminated' }],
  ])('%j is flawed', (text, fields, flaw) => {
    expect(scan(text, fields).flaw).toEqual({ ...flaw, record: expect.any(Buffer) });
  });

  test('are counted as the engine counts them, and read by it, whatever the text', async () => {
    const fragment = fc.constantFrom(
      ...[',', ',', '\n', '\r\n', '\n\n', '"', '""', ' ', 'a', 'été', '\\', '#', "'", '\t', '1'],
      ...['"x,y"', '"x\ny"', '"x\r\ny"', '"x\ry"', '"""q"""', ',"",', '\n"a"\n', '"a",b\n'],
    );
    const text = fc.array(fragment, { maxLength: 30 }).map((fragments) => fragments.join(''));
    let accepted = 0;
    await withWorkbench((bench) =>
      fc.assert(
        fc.asyncProperty(
          text,
          fc.integer({ min: 1, max: 3 }),
          fc.integer({ min: 1, max: 40 }),
          async (csv, fields, piece) => {
            const scanner = scan(csv, fields, piece);
            if (scanner.flaw !== undefined) return;
            accepted++;
            const types = Array.from({ length: fields }, () => 'VARCHAR');
            const found = await readWith(bench, csv, types, scanner);
            expect(found).toEqual(parse(csv, fields));
            expect(scanner.records).toBe(found.length);
          },
        ),
        { numRuns: runs(1500) },
      ),
    );
    expect(accepted).toBeGreaterThan(runs(100));
  });
});

describe('looks of values', () => {
  test.each([
    ['', KIND.empty],
    ['""', KIND.text],
    ['true', KIND.boolean],
    ['FALSE', KIND.boolean],
    ['t', KIND.text],
    ['0', KIND.integer],
    ['-12', KIND.integer],
    ['"42"', KIND.integer],
    ['9223372036854775807', KIND.long],
    ['-9223372036854775808', KIND.integer],
    ['9223372036854775808', KIND.text],
    ['9007199254740993', KIND.long],
    ['9007199254740992', KIND.integer],
    ...[
      '+1',
      '007',
      '00',
      ' 12',
      '12 ',
      '1_000',
      '0x10',
      '1,5'.replace(',', '.5.'),
      '1e',
      '-',
      '.',
      '1.',
    ].map((text): [string, number] => [text, KIND.text]),
    ['-0', KIND.decimal],
    ['1.50', KIND.decimal],
    ['.5', KIND.decimal],
    ['1e-05', KIND.decimal],
    ['1e400', KIND.text],
    ['1e-400', KIND.text],
    ['0e0', KIND.decimal],
    ['0.30000000000000004', KIND.decimal],
    ['0.300000000000000041', KIND.text],
    ['0.12345678901234567', KIND.text],
    ['1.50000000000000000000', KIND.decimal],
    ['123456789012345.67', KIND.decimal],
    ['1234567890123456.75', KIND.text],
    ...['nan', 'NaN', 'inf', '-Infinity'].map((text): [string, number] => [text, KIND.text]),
    ['2024-02-29', KIND.date],
    ...['2023-02-29', '2024-04-31', '2024-13-01', '2024-1-2', '20240102', '02024-01-02', '2024/01/02'].map(
      (text): [string, number] => [text, text === '20240102' ? KIND.integer : KIND.text],
    ),
    ['2024-01-02 03:04:05', KIND.timestamp],
    ['2024-01-02T03:04:05.123456', KIND.timestamp],
    ['2024-02-30 03:04:05', KIND.text],
    ['2024-01-02 24:00:00', KIND.text],
    ['2024-01-02 03:04:05.1234567', KIND.text],
    ['2024-01-02 03:04', KIND.text],
    ['2024-01-02T03:04:05Z', KIND.zoned],
    ['"2024-01-02 03:04:05.5+02:00"', KIND.zoned],
    ['2024-01-02 03:04:05-0530', KIND.zoned],
    ['2024-01-02 03:04:05 UTC', KIND.text],
    ['1'.repeat(500), KIND.text],
  ])('%s', (text, kind) => {
    for (const piece of [1, 3, 1e9]) {
      for (const end of ['\n', '\r\n', '']) {
        const kinds = scan(`x,${text}${end}`, 2, piece).kinds(1);
        expect(kinds).toEqual([{ kind, line: 1 }]);
      }
    }
  });

  test.each([
    [['1', '9223372036854775808'], 'VARCHAR'],
    [['1', '9007199254740993'], 'BIGINT'],
    [['0.5', '9007199254740993'], 'VARCHAR'],
    [['0.5', '9007199254740992'], 'DOUBLE'],
    [['0.5', '0.300000000000000041'], 'VARCHAR'],
    [['2024-01-01', '2024-01-01 00:00:01'], 'TIMESTAMP'],
    [['2024-01-01', '2024-02-30'], 'VARCHAR'],
    [['2024-01-01T00:00:00', '2024-01-01T00:00:00Z'], 'VARCHAR'],
    [['true', '1'], 'VARCHAR'],
    [['', '', ''], 'VARCHAR'],
  ])('%j are %s', (values, type) => {
    const text = values.map((value) => `x,${value}\n`).join('');
    expect(typesOf(scan(text, 2), 2)[1]).toBe(type);
  });

  test('a type holds every value that led to it, and the engine reads each as what it says', async () => {
    const digits = fc.stringMatching(/^-?[0-9]{1,20}$/);
    const decimal = fc.stringMatching(/^-?[0-9]{0,12}\.[0-9]{0,12}$/);
    const exponent = fc.stringMatching(/^[0-9]\.?[0-9]{0,3}e[+-]?[0-9]{1,3}$/);
    const double = fc.double({ noNaN: true, noDefaultInfinity: true }).map(String);
    const date = fc.stringMatching(/^20[0-9]{2}-[01][0-9]-[0-3][0-9]$/);
    const time = fc.stringMatching(
      /^[ T][0-2][0-9]:[0-5][0-9]:[0-5][0-9](\.[0-9]{1,7})?(Z|[+-][01][0-9](:?[0-5][0-9])?)?$/,
    );
    const value = fc.oneof(
      digits,
      decimal,
      exponent,
      double,
      date,
      fc.tuple(date, time).map((parts) => parts.join('')),
      fc.constantFrom('true', 'False', ''),
    );
    const column = fc.array(value, { minLength: 1, maxLength: 3 });
    const seen = new Set<string>();
    await withWorkbench((bench) =>
      fc.assert(
        fc.asyncProperty(column, async (values) => {
          const text = values.map((each) => `x,${each}\n`).join('');
          const scanner = scan(text, 2);
          const types = typesOf(scanner, 2);
          seen.add(types[1]!);
          const typed = await readWith(bench, text, types, scanner);
          for (const [index, [, found]] of typed.entries()) expectSame(types[1]!, values[index]!, found);
        }),
        { numRuns: runs(2000) },
      ),
    );
    expect([...seen].sort()).toEqual(
      ['BIGINT', 'BOOLEAN', 'DATE', 'DOUBLE', 'TIMESTAMP', 'TIMESTAMP WITH TIME ZONE', 'VARCHAR'].sort(),
    );
  });
});

/** The typed value says what the text says. */
function expectSame(type: string, text: string, found: unknown): void {
  if (text === '') {
    expect(found).toBeNull();
  } else if (type === 'BIGINT') {
    expect(String(found)).toBe(text);
  } else if (type === 'DOUBLE') {
    expect(found).toBe(Number(text));
  } else if (type === 'BOOLEAN') {
    expect(found).toBe(text.toLowerCase() === 'true');
  } else if (type === 'VARCHAR') {
    expect(found).toBe(text);
  } else {
    const iso =
      type === 'DATE' || /[Z]|[+-]\d\d(:?\d\d)?$/.test(text.slice(10))
        ? text
        : `${text.padEnd(19, 'T00:00:00')}Z`;
    expect(new Date(found as Date).getTime()).toBe(new Date(isoOf(iso)).getTime());
  }
}

/** `2024-01-02 03:04:05.123456+0530` as JavaScript reads it: milliseconds, offset with minutes. */
function isoOf(text: string): string {
  return text
    .replace(' ', 'T')
    .replace(/(\.\d{3})\d+/, '$1')
    .replace(/([+-]\d\d)$/, (offset, ...[, at]) => ((at as number) > 10 ? `${offset}:00` : offset))
    .replace(/([+-]\d\d)(\d\d)$/, '$1:$2');
}
