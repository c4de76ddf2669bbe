import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { csvOf } from '../support/csv.ts';
import { expectOnly, outcome } from '../support/outcome.ts';
import { parquetOf, query } from '../support/query.ts';
import { createBucket, get, put, s3Side } from '../support/s3.ts';
import { startStack, type Stack } from '../support/stack.ts';

/** What is looked at to make a plan: what is wrong beyond it shows while chunks are copied. */
const LOOKED_AT = 2 ** 20;

let stack: Stack;
let from: string;
let to: string;

beforeAll(async () => {
  stack = await startStack('bad-data', { DDC_CHUNK_BYTES: '64Ki' });
  from = await createBucket('bad-data-from');
  to = await createBucket('bad-data-to');
});
afterAll(() => stack.stop());

/** Copies over an older object, expects Fatal with this message, and the older object and nothing else. */
async function refused(name: string, key: string, content: Buffer | string, message: string): Promise<void> {
  await put(from, key, content);
  await put(to, 'before', 'as it was');
  const spec = { source: s3Side(from, key), destination: s3Side(to, 'before', { dataFormat: 'parquet' }) };
  const status = await outcome(stack.namespace, name, spec);
  expect(status.status).toBe('Fatal');
  expect(status.error).toContain(message.replace('SOURCE', `s3://${from}/${key}`));
  expect(status.error).not.toMatch(/\bat .*\.ts\b|\n/);
  expect(status).not.toHaveProperty('objects');
  expect((await get(to, 'before')).toString()).toBe('as it was');
  await expectOnly(to, ['before']);
}

describe('CSV', () => {
  test.each([
    ['a record with a field too few', 'a,b\n1,2\n3,4\n5\n', 'SOURCE line 4: expected 2 fields, found 1'],
    ['a record with a field too many', 'a,b\n"1\n2",2\n3,4,5\n', 'SOURCE line 4: expected 2 fields, found 3'],
    ['a quote that is never closed', 'a,b\n1,2\n"3,4\n', 'SOURCE line 3: the record that begins here'],
    ['a quote within a value', 'a,b\n1,"2"3\n', 'SOURCE line 2: a double quote must enclose a whole value'],
    ['two columns of one name', 'id,ID\n1,2\n', 'SOURCE: columns 1 ("id") and 2 ("ID") have the same name'],
    [
      'no byte at all',
      Buffer.alloc(0),
      'SOURCE is empty (0 bytes): a CSV object needs at least a header line',
    ],
  ])('%s', (what, content, message) => refused(what.replaceAll(' ', '-'), `${what}.csv`, content, message));

  test('what is not UTF-8', () =>
    refused(
      'not-utf8',
      'latin1.csv',
      Buffer.from('a,b\n1,x\n2,\xe9t\xe9\n', 'latin1'),
      'SOURCE line 3: not valid UTF-8; save the file as UTF-8',
    ));

  // Every tenth record spans two lines, so that records, lines and chunks all count differently.
  const row = (index: number): string => (index % 10 === 0 ? `${index},"a\nb",x` : `${index},abc,xyz`);
  const wide = csvOf('id,text,more', 120_000, row);
  const lines = wide.split('\n');

  test.each([
    ['within what the plan looks at', 70_001],
    ['beyond what the plan looks at', 110_001],
  ])('one wrong record among many chunks, %s: the line in the whole file', async (where, line) => {
    const rest = lines.slice(line);
    // The line before may be the first half of a record.
    expect(lines[line - 1]).toMatch(/^\d+,abc,xyz$/);
    const before = `${lines.slice(0, line - 1).join('\n')}\n`;
    expect(before.length > LOOKED_AT).toBe(where.startsWith('beyond'));
    const content = `${before}7,abc\n${rest.join('\n')}`;
    await refused(
      `ragged-${where.split(' ')[0]}`,
      `${where}.csv`,
      content,
      `SOURCE line ${line}: expected 3 fields, found 2`,
    );
  });

  test('only a header: succeeds with 0 rows and the columns', async () => {
    const results = await createBucket('bad-data-header');
    await put(from, 'header.csv', 'id,name\n');
    const spec = (key: string): object => ({
      source: s3Side(from, 'header.csv'),
      destination: s3Side(results, key),
      transformation: [{ action: 'RedactColumns', columns: ['name'] }],
    });
    const status = await outcome(stack.namespace, 'header', spec('empty.parquet'));
    expect(status).toMatchObject({
      status: 'Succeeded',
      numRecords: 0,
      statistics: { rowsRead: 0, rowsWritten: 0 },
    });
    expect(status.destination).toMatchObject({
      rows: 0,
      columns: [
        { name: 'id', type: 'utf8' },
        { name: 'name', type: 'utf8' },
      ],
    });
    const result = await get(results, 'empty.parquet');
    expect(await query('SELECT * FROM read_parquet($result)', { result })).toEqual([]);
    const columns = await query('DESCRIBE SELECT * FROM read_parquet($result)', { result });
    expect(columns.map((column) => [column['column_name'], column['column_type']])).toEqual([
      ['id', 'VARCHAR'],
      ['name', 'VARCHAR'],
    ]);
    await outcome(stack.namespace, 'header-csv', spec('empty.csv'));
    expect((await get(results, 'empty.csv')).toString()).toBe('id,name\n');
  });
});

describe('Parquet', () => {
  /** The file with another byte here. */
  const damaged = (file: Buffer, at: number): Buffer => {
    const copy = Buffer.from(file);
    copy[at] = copy[at]! ^ 0xff;
    return copy;
  };
  /** The file ends with the footer, the footer's length in 4 bytes, and PAR1. */
  const footerStart = (file: Buffer): number => file.length - 8 - file.readUInt32LE(file.length - 8);
  const rows = 'SELECT range AS id, md5(range::VARCHAR) AS text FROM range(20000)';

  test.each([
    [
      'a corrupt footer',
      (file: Buffer) => damaged(file, footerStart(file)),
      'the Parquet footer of SOURCE is corrupt: ',
    ],
    [
      'a footer longer than the file',
      (file: Buffer) => damaged(file, file.length - 5),
      'the Parquet footer of SOURCE is corrupt: it is longer than the file',
    ],
    ['an end cut off', (file: Buffer) => file.subarray(0, -10), 'SOURCE is not a Parquet file or is cut off'],
    ['no byte at all', () => Buffer.alloc(0), 'SOURCE is not a Parquet file: it has only 0 bytes'],
    ['a CSV file by that name', () => Buffer.from('id,text\n1,a\n'), 'SOURCE is not a Parquet file'],
  ])('%s', async (what, damage, message) => {
    const name = `parquet-${what.replaceAll(' ', '-')}`.toLowerCase();
    await refused(name, `${what}.parquet`, damage(await parquetOf(rows)), message);
  });

  test('a corrupt row group among many: the number of the row group', async () => {
    const file = await parquetOf(rows, ', ROW_GROUP_SIZE 2048');
    const far = damaged(file, Math.floor(file.length / 2));
    await refused('parquet-groups', 'groups.parquet', far, 'SOURCE: row group');
  });
});
