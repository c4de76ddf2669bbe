import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { TransferError } from '../../activities/failures.ts';
import { csv } from '../../activities/formats/csv/csv.ts';
import type { Dialect } from '../../activities/formats/csv/dialect.ts';
import type { Reading } from '../../activities/formats/csv/reading.ts';
import type { CsvOptions } from '../../workflows/contract/formats.ts';
import { DIALECTS, optionsOf, parseRecords, spell } from '../support/csv-dialects.ts';
import { chunkDirectory, MemoryReader, readAll, withWorkbench, writeObject } from '../support/files.ts';
import { replanning } from '../support/replan.ts';
import { runs } from '../support/runs.ts';

const named = Object.entries(DIALECTS);

describe.each(named)('%s', (_, dialect) => {
  const { delimiter, quote, escape, nullValue } = dialect;
  /** Texts that the dialect may stumble over. */
  const special = [
    delimiter,
    quote,
    escape,
    nullValue,
    `${escape}${quote}`,
    `${quote}${quote}`,
    '\n',
    '\r\n',
  ];

  test('scanner and engine read the same records, whatever the text', async () => {
    const spelled = [`x${delimiter}y`, 'x\ny', `q${delimiter}\r\n`, 'b'].map((text) =>
      spell([text], dialect),
    );
    const fragment = fc.constantFrom(
      ...special,
      delimiter,
      '\n',
      'a',
      'été',
      ' ',
      '\\',
      '#',
      '1',
      ...spelled,
    );
    const text = fc.array(fragment, { maxLength: 24 }).map((fragments) => fragments.join(''));
    let accepted = 0;
    await withWorkbench((bench) =>
      fc.assert(
        fc.asyncProperty(
          text,
          fc.integer({ min: 1, max: 3 }),
          fc.integer({ min: 1, max: 30 }),
          async (file, fields, piece) => {
            const reader = new MemoryReader(file, { piece });
            const names = Array.from({ length: fields }, (__, index) => `c${index}`);
            const columns = names.map((name) => ({ name, type: 'VARCHAR', nullable: true }));
            const reading: Reading = {
              ...{ dialect, encoding: 'UTF-8', compression: 'none', dataStart: 0 },
              ...{ exact: true, lines: [1], unseen: [], contradicted: false },
            };
            const source = { location: 'text', columns, cuts: [0, reader.size], reading };
            const chunk = await csv
              .fetch(reader, source, 0, chunkDirectory(bench))
              .catch((error: unknown) => expect(error).toBeInstanceOf(TransferError));
            if (chunk === undefined) return;
            accepted++;
            const rows = await bench.engine.query(`SELECT * FROM ${chunk.relation}`);
            expect(rows.map((row) => Object.values(row))).toEqual(parseRecords(file, dialect, fields));
            expect(chunk.rows).toBe(rows.length);
          },
        ),
        { numRuns: runs(400) },
      ),
    );
    expect(accepted).toBeGreaterThan(runs(20));
  });

  test('cut anywhere, in any encoding, with or without header: every row once, in order', async () => {
    await withWorkbench((bench) =>
      fc.assert(
        fc.asyncProperty(
          table(dialect),
          layout,
          fc.integer({ min: 2, max: 150 }),
          async (rows, { encoding, newline, header, final }, chunkBytes) => {
            const names = ['first', 'second', 'third'];
            const lines = [...(header ? [names] : []), ...rows].map((row) => spell(row, dialect));
            const text = lines.join(newline) + (final ? newline : '');
            const options = optionsOf(dialect, { header, encoding: encoding.name });
            const bytes = encoding.bytes(text);
            const cut = await replanning((hints) =>
              readAll(csv, new MemoryReader(bytes, { piece: 7 }), bench, {
                ...{ chunkBytes, options, hints, as: 'text' },
                rowNumbers: rows.length % 2 === 0,
              }),
            );
            expect(cut.rows).toEqual(rows);
            expect(cut.counts.reduce((sum, count) => sum + count, 0)).toBe(rows.length);
            expect(cut.description.columns.map(({ name }) => name)).toEqual(
              header ? names : ['column0', 'column1', 'column2'],
            );
            expect(cut.plans.filter((code) => code === 'CutInsideQuotes').length).toBeLessThanOrEqual(1);
            if (rows.length % 2 === 0) {
              let first = 0;
              const firsts = cut.counts.map((count) => (first += count) - count);
              expect(cut.description.firstRows).toEqual(firsts);
            }
          },
        ),
        { numRuns: runs(40) },
      ),
    );
  });

  test('what is written in chunks comes back', async () => {
    await withWorkbench((bench) =>
      fc.assert(
        fc.asyncProperty(
          fc.array(table(dialect), { minLength: 1, maxLength: 3 }),
          layout,
          fc.constantFrom<CsvOptions['compression']>('none', 'gzip', 'zstd'),
          async (tables, { encoding, header }, compression) => {
            const options = optionsOf(dialect, { header, encoding: encoding.name, compression });
            const queries = tables.map(
              (rows) =>
                `SELECT * FROM (VALUES ${[['', '', ''], ...rows]
                  .map((row) => `(${row.map(sqlText).join(', ')})`)
                  .join(', ')}) AS t(first, second, third) OFFSET 1`,
            );
            const { object } = await writeObject(
              csv,
              queries,
              { ...bench, directory: chunkDirectory(bench) },
              { options },
            );
            const { rows } = await readAll(csv, new MemoryReader(object), bench, { options, as: 'text' });
            expect(rows).toEqual(tables.flat());
          },
        ),
        { numRuns: runs(30) },
      ),
    );
  });

  test('a compressed object is one chunk of the same rows', async () => {
    const rows = Array.from({ length: 2000 }, (__, index) => [`n${index}`, null, `bcd`]);
    const text = `${[['a', 'b', 'c'], ...rows].map((row) => spell(row, dialect)).join('\n')}\n`;
    const half = Math.floor(text.length / 2);
    await withWorkbench(async (bench) => {
      for (const compress of [gzipSync, zstdCompressSync]) {
        const members = [text.slice(0, half), text.slice(half)].map((part) => compress(part));
        const object = Buffer.concat(members);
        for (const exactCuts of [false, true]) {
          const reader = new MemoryReader(object);
          const read = await readAll(csv, reader, bench, {
            chunkBytes: 50,
            options: optionsOf(dialect),
            as: 'text',
            hints: { exactCuts },
          });
          expect(read.rows).toEqual(rows);
          expect(read.counts).toEqual([2000]);
        }
      }
    });
  });
});

/** Rows of three texts or NULL; without quotes only what can be spelled without them. */
function table(dialect: Dialect): fc.Arbitrary<(string | null)[][]> {
  const { delimiter, quote, escape, nullValue } = dialect;
  const pieces = [
    'x',
    'b',
    'é',
    ' ',
    '1',
    quote,
    escape,
    '\\',
    ...(quote === '' ? [] : [delimiter, nullValue, '\n', '\r\n', `${quote}\n`]),
  ];
  const text = fc
    .array(fc.constantFrom(...pieces), { maxLength: 6 })
    .map((parts) => parts.join(''))
    .map((value) => (quote === '' && (value === nullValue || value.includes(delimiter)) ? 'x' : value));
  const row = fc.tuple(text, fc.option(text), fc.option(text));
  return fc.array(
    row.map((values): (string | null)[] => [...values]),
    { minLength: 1, maxLength: 20 },
  );
}

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');
const layout = fc.record({
  encoding: fc.constantFrom<{ name: CsvOptions['encoding']; bytes: (text: string) => Buffer }[]>(
    { name: 'UTF-8', bytes: (text) => Buffer.from(text) },
    { name: undefined, bytes: (text) => Buffer.from(`\uFEFF${text}`) },
    { name: 'ISO-8859-1', bytes: latin1 },
    { name: 'UTF-16LE', bytes: utf16 },
    { name: 'UTF-16BE', bytes: (text) => utf16(text).swap16() },
    { name: 'UTF-16LE', bytes: (text) => utf16(`\uFEFF${text}`).swap16() },
  ),
  newline: fc.constantFrom('\n', '\r\n'),
  header: fc.boolean(),
  final: fc.boolean(),
});

const sqlText = (value: string | null): string =>
  value === null ? 'NULL::VARCHAR' : `'${value.replaceAll("'", "''")}'`;
