import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { csv } from '../../activities/formats/csv/csv.ts';
import type { CsvOptions } from '../../workflows/contract/formats.ts';
import { describeSource, MemoryReader, readAll, withWorkbench, writeObject } from '../support/files.ts';
import { replanning } from '../support/replan.ts';

const read = (bytes: Buffer | string, options: CsvOptions = {}, more: object = {}) =>
  withWorkbench((bench) =>
    readAll(csv, new MemoryReader(bytes), bench, { options: { csv: options }, ...more }),
  );
const write = (queries: string[], options: CsvOptions) =>
  withWorkbench(
    async (bench) => (await writeObject(csv, queries, bench, { options: { csv: options } })).object,
  );
const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('reading', () => {
  test('without header the columns are numbered, and blank lines before the first record passed over', async () => {
    const { rows, description } = await read('\n\r\n1,"x"\n2,y\n', { header: false });
    expect(description.columns.map(({ name, type }) => [name, type])).toEqual([
      ['column0', 'BIGINT'],
      ['column1', 'VARCHAR'],
    ]);
    expect(rows).toEqual([
      [1n, 'x'],
      [2n, 'y'],
    ]);
  });

  test('what stands for NULL is no value of the column’s type, quoted it is', async () => {
    const { rows, description } = await read('a,b\n-1,x\n5,\n"-1",-1\n', { nullValue: '-1' });
    expect(description.columns.map(({ type }) => type)).toEqual(['BIGINT', 'VARCHAR']);
    expect(rows).toEqual([
      [null, 'x'],
      [5n, ''],
      [-1n, null],
    ]);
  });

  test('what stands for NULL does so at the end of any line', async () => {
    for (const end of ['\n', '\r\n', '']) {
      const { rows, description } = await read(`a,b\n1,5${end || '\n'}2,NA${end}`, { nullValue: 'NA' });
      expect(description.columns.map(({ type }) => type)).toEqual(['BIGINT', 'BIGINT']);
      expect(rows.at(-1)).toEqual([2n, null]);
    }
  });

  test('in UTF-16 bytes that look like a newline are none', async () => {
    const rows = Array.from({ length: 40 }, (_, row) => [`${row}ੁĀ`, 'Āੁ'.repeat(row % 5)]);
    const text = `a,b\n${rows.map((row) => `${row.join(',')}\n`).join('')}`;
    await withWorkbench(async (bench) => {
      for (const bytes of [utf16(`\uFEFF${text}`), utf16(`\uFEFF${text}`).swap16()]) {
        for (const [chunkBytes, exactCuts] of [
          [30, false],
          [47, false],
          [30, true],
        ] as const) {
          const reader = new MemoryReader(bytes, { piece: 5 });
          const read = await readAll(csv, reader, bench, { chunkBytes, hints: { exactCuts } });
          expect(read.rows.map(([a, b]) => [a, b ?? ''])).toEqual(rows);
        }
      }
    });
  });

  test('names and values with escapes', async () => {
    const { rows, description } = await read(
      String.raw`"a\"b";"c\\d"` + '\n' + String.raw`"x\"y";"\z;"` + '\n',
      {
        delimiter: ';',
        escape: '\\',
      },
    );
    expect(description.columns.map(({ name }) => name)).toEqual(['a"b', String.raw`c\d`]);
    expect(rows).toEqual([['x"y', 'z;']]);
  });

  test.each([
    ['UTF-8', Buffer.from('\uFEFFé,b\n1,ü\n'), {}, 'UTF-8'],
    [
      'UTF-16 of another byte order than said',
      utf16('\uFEFFé,b\n1,ü\n').swap16(),
      { encoding: 'UTF-16LE' },
      'UTF-16BE',
    ],
    ['UTF-16 without a byte order mark', utf16('é,b\n1,ü\n'), { encoding: 'UTF-16LE' }, 'UTF-16LE'],
    ['ISO-8859-1', latin1('é,b\n1,ü\n'), { encoding: 'ISO-8859-1' }, 'ISO-8859-1'],
    ['gzip', gzipSync('é,b\n1,ü\n'), {}, 'UTF-8'],
  ] as const)('%s', async (what, bytes, options, encoding) => {
    const { rows, description } = await read(bytes, options);
    expect(description.columns.map(({ name }) => name)).toEqual(['é', 'b']);
    expect(rows).toEqual([[1n, 'ü']]);
    expect(description.details).toMatchObject({
      encoding,
      ...(what === 'gzip' ? { compression: 'gzip' } : {}),
    });
    expect(description.firstRows).toEqual([0]);
  });

  test.each([
    ['a;b;c\n1;2;3\n', {}, 'the header is one column: did you mean csv.delimiter ";"?'],
    ['a\tb\n', { delimiter: ';' }, 'the header is one column: did you mean csv.delimiter "\\t"?'],
    ['1|2\n', { header: false }, 'the first record is one column: did you mean csv.delimiter "|"?'],
    ['a\n1;2\n', {}, undefined],
    ['a,b;c\n', {}, undefined],
  ])('%j: a delimiter is not guessed, but one is named', async (text, options, hint) => {
    const { warnings } = (await read(text, options)).description;
    expect(warnings).toEqual(hint === undefined ? undefined : [`s3://bucket/key: ${hint}`]);
  });

  test.each<[Buffer | string, CsvOptions, string]>([
    ['', { header: false }, 's3://bucket/key is empty (0 bytes): a CSV object needs at least a record'],
    [gzipSync(''), {}, 's3://bucket/key is empty (0 bytes): a CSV object needs at least a header line'],
    ['a\n1\n', { compression: 'zstd' }, 'does not begin like zstd data, but csv.compression is zstd'],
    [
      Buffer.from('\uFEFFa\n'),
      { encoding: 'ISO-8859-1' },
      'begins with the byte order mark of UTF-8, but csv.encoding is ISO-8859-1',
    ],
    [utf16('a,b\n1,2\n'), {}, 'the name of column 1 holds a NUL character; if the object is UTF-16'],
    [utf16('a,b\n1,\udc00\n'), { encoding: 'UTF-16LE' }, 'byte 12: not valid UTF-16LE (half of a character)'],
    [
      utf16('a,b\n1,2\n\ud800'),
      { encoding: 'UTF-16LE' },
      'byte 16: not valid UTF-16LE (half of a character)',
    ],
    [
      latin1('é\n1\n'),
      {},
      'the header line is not UTF-8; save the file as UTF-8, or name its encoding in csv.encoding',
    ],
    ['a|b\n1\n', { delimiter: '|', quote: '' }, 'line 2: expected 2 fields, found 1: 1'],
    [
      `a,b\n1,2\n${'x'.repeat(200)},y\tz,"new\nline"\n`,
      {},
      `line 3: expected 2 fields, found 3: ${'x'.repeat(80)}…`,
    ],
    ['a,b\n1,2\nx,y\tz,"new\r\nline"\n', {}, 'line 3: expected 2 fields, found 3: x,y z,"new line"'],
    [
      "a;b\n1;'2'3\n4;5\n",
      { delimiter: ';', quote: "'" },
      "line 2: a quote ' must enclose a whole value, with nothing between it and the delimiter, and be doubled within the value: 1;'2'3",
    ],
    ['a,b\n1,"2"", x"\n', { escape: '\\' }, 'and be written \\" within the value: 1,"2"", x"'],
    ['a,b\n1,2\rx\n', {}, 'line 2: a carriage return outside of quotes must be followed by a newline'],
    [
      'a,b\n1,"2\\"\n',
      { escape: '\\' },
      'line 2: the record that begins here has a double quote that is never closed: 1,"2\\"',
    ],
    ['a,b\n1,"x\\\ny"\n1,2,3\n', { escape: '\\' }, 'line 4: expected 2 fields, found 3: 1,2,3'],
    [
      'a"b\n',
      { escape: '\\' },
      'line 1: a double quote in the header must enclose a whole name, and be escaped within it',
    ],
    ['a\rb\n', { quote: '' }, 'line 1: a carriage return may only end a line'],
    ['a,b\n', { delimiter: '""' }, 'csv.delimiter "\\"\\"" must be one ASCII character of a line'],
    ['a,b\n', { delimiter: '"' }, 'csv.delimiter "\\"" must differ from quote and escape'],
    ['a,b\n', { quote: '', escape: '\\' }, 'csv.escape "\\\\" needs a quote'],
    ['a,b\n', { nullValue: 'a,b' }, 'csv.nullValue "a,b" must be up to 64 printable ASCII characters'],
  ])('%#: fatal, with what is wrong', async (bytes, options, message) => {
    await expect(read(bytes, options)).rejects.toMatchObject({
      class: 'fatal',
      message: expect.stringContaining(message),
    });
  });
});

describe('a run finds its types in three plans at most', () => {
  const rows = 300_000;
  /** Of the head and the samples none looks at these rows. */
  const at = (share: number): number => Math.round(rows * share);
  const text = `a,b,c,d,e,f\n${Array.from({ length: rows }, (_, row) =>
    [
      row,
      row === at(0.3) ? '0.5' : 1,
      row === at(0.55) ? 'x' : 2,
      row === at(0.25) ? '7' : row === at(0.6) ? '7.5' : '',
      row === at(0.65) ? '2024-01-01' : '',
      // shows that a cut is not inside of quotes
      '"q"',
    ].join(','),
  ).join('\n')}\n`;

  const plan = (object: string, chunkBytes: number) =>
    withWorkbench((bench) =>
      replanning(async (hints) => {
        const reader = new MemoryReader(object);
        const described = await describeSource(csv, reader, bench, { chunkBytes, hints });
        const source = { location: reader.location, ...described };
        for (let index = 0; index < described.cuts.length - 1; index++)
          await csv.fetch(reader, source, index, bench.directory);
        return { types: described.columns.map(({ type }) => type) };
      }),
    );

  test('each contradicted in another chunk', async () => {
    expect(await plan(text, 200_000)).toEqual({
      plans: ['TypeContradicted', 'TypeContradicted'],
      types: ['BIGINT', 'DOUBLE', 'VARCHAR', 'DOUBLE', 'DATE', 'VARCHAR'],
    });
  });

  test('a column that seemed to be empty gets its type, though nothing else is contradicted', async () => {
    const sparse = `a,b\n${Array.from({ length: rows }, (_, row) => `${row},${row === at(0.7) ? 'true' : ''}\n`).join('')}`;
    expect(await plan(sparse, 1e9)).toEqual({ plans: ['TypeContradicted'], types: ['BIGINT', 'BOOLEAN'] });
  });

  test('a message names five columns', async () => {
    const names = Array.from({ length: 8 }, (_, column) => `c${column}`);
    const line = (value: string): string => `${names.map(() => value).join(',')}\n`;
    const wide = line('1').repeat(100_000);
    const source = `${names.join(',')}\n${wide}${line('x')}${wide}${wide}`;
    const error: unknown = await read(source).catch((cause: unknown) => cause);
    expect(error).toMatchObject({
      code: 'TypeContradicted',
      message: expect.stringMatching(/"c4".*; and 3 more columns$/),
    });
    expect((error as Error).message).not.toContain('"c5"');
  });
});

describe('row numbers', () => {
  const text = `id,note\n${Array.from({ length: 50 }, (_, row) => `${row},"a\nb"\n`).join('')}`;

  test('are known of every chunk when asked for', async () => {
    await withWorkbench(async (bench) => {
      const options = { chunkBytes: 60, rowNumbers: true };
      const { firstRows, cuts } = await describeSource(csv, new MemoryReader(text), bench, options);
      const { counts } = await readAll(csv, new MemoryReader(text), bench, options);
      expect(cuts.length).toBeGreaterThan(5);
      let first = 0;
      expect(firstRows).toEqual(counts.map((count) => (first += count) - count));
    });
  });

  test('cost nothing when they are not', async () => {
    await withWorkbench(async (bench) => {
      const { firstRows } = await describeSource(csv, new MemoryReader(text), bench, { chunkBytes: 60 });
      expect(firstRows).toBeUndefined();
    });
  });
});

describe('writing', () => {
  const two = [`SELECT 1 AS id, 'é' AS text`, `SELECT 2, 'ü'`];

  test.each<[CsvOptions, Buffer]>([
    [{}, Buffer.from('id,text\n1,é\n2,ü\n')],
    [{ header: false, delimiter: '\t' }, Buffer.from('1\té\n2\tü\n')],
    [{ encoding: 'ISO-8859-1' }, latin1('id,text\n1,é\n2,ü\n')],
    [{ encoding: 'UTF-16LE' }, utf16('\uFEFFid,text\n1,é\n2,ü\n')],
    [{ encoding: 'UTF-16BE', header: false }, utf16('\uFEFF1,é\n2,ü\n').swap16()],
  ])('%j', async (options, expected) => {
    expect((await write(two, options)).toString('hex')).toBe(expected.toString('hex'));
  });

  test('without quotes they are left out where they are not needed', async () => {
    const object = await write([`SELECT '#a' AS a, 'x"y' AS b, E'\\x01' AS c`], {
      quote: '',
      delimiter: '|',
    });
    expect(object.toString()).toBe('a|b|c\n#a|x"y|\u0001\n');
  });

  test('empty text in the only column is no blank line', async () => {
    const query = `SELECT * FROM (VALUES (''), (NULL), ('NA'), (E'a\\n\\nb')) AS t(a)`;
    const object = await write([query], { nullValue: 'NA' });
    expect(object.toString()).toBe('a\n""\nNA\n"NA"\n"a\n\nb"\n');
    expect((await read(object, { nullValue: 'NA' })).rows).toEqual([[''], [null], ['NA'], ['a\n\nb']]);
  });

  test.each<[string, CsvOptions, string]>([
    [
      `SELECT 1 AS a, 'x' AS b UNION ALL SELECT 2, 'y ✓'`,
      { encoding: 'ISO-8859-1' },
      'csv.encoding: ISO-8859-1 has no "✓" (U+2713); choose UTF-8 (row 2 of chunk 0, column 2)',
    ],
    [`SELECT 1 AS "€"`, { encoding: 'ISO-8859-1' }, '(header of chunk 0, column 1)'],
    [
      `SELECT 1 AS a, E'x\\ny, 😀' AS b`,
      { encoding: 'ISO-8859-1', header: false },
      'no "😀" (U+1F600); choose UTF-8 (row 1 of chunk 0, column 2)',
    ],
    [
      `SELECT 'x' AS a, 'y' AS b UNION ALL SELECT 'x,y', 'z'`,
      { quote: '' },
      'text that holds the delimiter "," or a line end cannot be written; set csv.quote, or another csv.delimiter (row 2 of chunk 0, column 1)',
    ],
    [`SELECT 'x' AS a, E'y\\nz' AS b`, { quote: '' }, '(row 1 of chunk 0, column 2)'],
    [
      `SELECT 'x' AS a, '' AS b`,
      { quote: '' },
      'csv.quote: without quotes, text that is empty cannot be told from NULL',
    ],
    [
      `SELECT 'NA' AS a`,
      { quote: '', nullValue: 'NA' },
      'text that is "NA" cannot be told from NULL; set csv.quote, or another csv.nullValue (row 1 of chunk 0, column 1)',
    ],
    [
      `SELECT 'x' AS a UNION ALL SELECT ''`,
      { quote: '', nullValue: 'NA' },
      'empty text in the only column cannot be written; set csv.quote, or leave out csv.nullValue (row 2 of chunk 0, column 1)',
    ],
  ])('%#: what the options cannot spell is fatal and named by its place', async (query, options, message) => {
    await expect(write([query], options)).rejects.toMatchObject({
      code: 'InvalidOption',
      message: expect.stringContaining(message),
    });
  });
});
