import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { paymentsCsv } from '../../deploy/local/payments.ts';
import { apply, batchTransfer, eventsOf, getTransfer, kubectl, untilStatus } from '../support/kubernetes.ts';
import { parquetOf, query } from '../support/query.ts';
import { createBucket, get, keys, put, s3Side, uploads } from '../support/s3.ts';
import { startStack, type Stack } from '../support/stack.ts';

const ROWS = 20_000;
const TRANSFORMATION = [
  {
    action: 'RedactColumns',
    columns: ['nameOrig', 'oldbalanceOrg', 'newbalanceOrig'],
    options: { redactValue: 'XXXXX' },
  },
  { action: 'DigestColumns', columns: ['nameDest'], options: { algo: 'md5' } },
];
/** What the copy must hold, said by one plain query over the source. */
const EXPECTED = `SELECT * REPLACE ('XXXXX' AS "nameOrig", 'XXXXX' AS "oldbalanceOrg", 'XXXXX' AS "newbalanceOrig",
  md5("nameDest") AS "nameDest") FROM read_csv($source, header = true, quote = '"', types = {'amount': 'DOUBLE',
  'oldbalanceDest': 'DOUBLE', 'newbalanceDest': 'DOUBLE'})`;

let stack: Stack;
let bucket: string;
const csv = [...paymentsCsv(ROWS)].join('');

beforeAll(async () => {
  // About ten chunks and several slices.
  stack = await startStack('copy', { DDC_CHUNK_BYTES: '200Ki', DDC_PARALLEL_CHUNKS: '2' });
  bucket = await createBucket('copy');
  await put(bucket, 'in/payments.csv', csv);
});
afterAll(() => stack.stop());

async function copy(name: string, spec: object) {
  const applied = await apply(batchTransfer(stack.namespace, name, spec));
  expect(applied.stderr).toBe('');
  return untilStatus(stack.namespace, name, ['Succeeded', 'Fatal', 'ConfigurationError']);
}

const digest = (rows: object[]): string => createHash('sha256').update(JSON.stringify(rows)).digest('hex');

describe('a batch transfer', () => {
  test('CSV -> Parquet in many chunks: one object with the right rows in order, and a true status', async () => {
    const status = await copy('to-parquet', {
      source: s3Side(bucket, 'in/payments.csv'),
      destination: s3Side(bucket, 'out/payments.parquet'),
      transformation: TRANSFORMATION,
    });
    expect(status.error).toBeUndefined();
    expect(status).toMatchObject({
      status: 'Succeeded',
      numRecords: ROWS,
      statistics: { rowsRead: ROWS, rowsWritten: ROWS },
      source: { format: 'csv', bytes: csv.length },
      destination: { format: 'parquet', rows: ROWS, objects: 1 },
      objects: [{ bucket, key: 'out/payments.parquet' }],
    });
    expect(status.progress!.chunksTotal).toBeGreaterThan(5);
    expect(status.source!.columns.map((column) => column.type)).toEqual([
      'int64',
      'utf8',
      'double',
      'utf8',
      'double',
      'double',
      'utf8',
      'double',
      'double',
      'int64',
      'int64',
    ]);
    const result = await get(bucket, 'out/payments.parquet');
    expect(status.statistics!.bytesWritten).toBe(result.length);
    const got = await query('SELECT * FROM read_parquet($result)', { result });
    const expected = await query(EXPECTED, { source: csv });
    expect(got).toHaveLength(ROWS);
    expect(digest(got)).toBe(digest(expected));
    expect(got[0]).toEqual(expected[0]);
    // Nothing else is left.
    expect((await keys(bucket)).filter((key) => key.startsWith('.ddc'))).toEqual([]);
    expect(await uploads(bucket)).toEqual([]);
    const reasons = (await eventsOf(stack.namespace, 'to-parquet')).map((event) => [
      event.reason,
      event.message,
    ]);
    expect(reasons).toContainEqual(['Success', `Ingested ${ROWS} records!`]);
    expect(reasons.map(([reason]) => reason)).toContain('Started');
  });

  test('CSV -> CSV repeats the source byte for byte where nothing is changed', async () => {
    await copy('to-csv', {
      source: s3Side(bucket, 'in/payments.csv'),
      destination: s3Side(bucket, 'out/payments.csv'),
    });
    expect((await get(bucket, 'out/payments.csv')).toString()).toBe(csv);
  });

  test('Parquet -> CSV and back: removed columns, filtered rows', async () => {
    const rows = `SELECT range AS i, 'n' || range AS s, range / 4 AS d, DATE '2024-01-01' + range::INTEGER AS day FROM range(50000)`;
    await put(bucket, 'in/numbers.parquet', await parquetOf(rows, ', ROW_GROUP_SIZE 4096'));
    const first = await copy('from-parquet', {
      source: s3Side(bucket, 'in/numbers.parquet'),
      destination: s3Side(bucket, 'out/numbers.csv'),
      transformation: [
        { action: 'FilterRows', options: { clause: 'i % 2 = 0 AND i < 40000' } },
        { action: 'RemoveColumns', columns: ['s'] },
      ],
    });
    expect(first).toMatchObject({
      status: 'Succeeded',
      statistics: { rowsRead: 50_000, rowsWritten: 20_000 },
    });
    const second = await copy('back-to-parquet', {
      source: s3Side(bucket, 'out/numbers.csv'),
      destination: s3Side(bucket, 'out/numbers.parquet'),
    });
    expect(second).toMatchObject({ status: 'Succeeded', numRecords: 20_000 });
    const got = await query('SELECT * FROM read_parquet($result)', {
      result: await get(bucket, 'out/numbers.parquet'),
    });
    const expected = await query(`SELECT i, d, day FROM (${rows}) WHERE i % 2 = 0 AND i < 40000`, {});
    expect(digest(got)).toBe(digest(expected));
  });

  test('Parquet -> Parquet keeps nested and exact types', async () => {
    const rows = `SELECT range AS id, {'a': range, 'b': [range, NULL]} AS nested, MAP {'k': range} AS m,
      (range / 7)::DECIMAL(38,10) AS exact, TIMESTAMP '2024-02-29 12:34:56.789012' AS at, uuid() AS u,
      range::UBIGINT AS big, NULL::VARCHAR AS nothing FROM range(30000)`;
    const source = await parquetOf(rows, ', ROW_GROUP_SIZE 2048');
    await put(bucket, 'in/types.parquet', source);
    const status = await copy('types', {
      source: s3Side(bucket, 'in/types.parquet'),
      destination: s3Side(bucket, 'out/types.parquet'),
    });
    expect(status).toMatchObject({ status: 'Succeeded', numRecords: 30_000 });
    const result = await get(bucket, 'out/types.parquet');
    const difference = await query(
      `SELECT count(*) AS n FROM ((SELECT * FROM read_parquet($a) EXCEPT ALL SELECT * FROM read_parquet($b))
       UNION ALL (SELECT * FROM read_parquet($b) EXCEPT ALL SELECT * FROM read_parquet($a)))`,
      { a: source, b: result },
    );
    expect(difference).toEqual([{ n: '0' }]);
    const types = (file: Buffer) => query('DESCRIBE SELECT * FROM read_parquet($f)', { f: file });
    expect(await types(result)).toEqual(await types(source));
  });

  test('one small object goes in one step', async () => {
    await put(bucket, 'in/small.csv', 'i,s,d\n1,a,1.0\n2,b,2.0\n3,c,3.0\n');
    const status = await copy('small', {
      source: s3Side(bucket, 'in/small.csv'),
      destination: s3Side(bucket, 'out/small.parquet'),
      transformation: [{ action: 'FilterRows', options: { clause: 'i == 1' } }],
    });
    expect(status).toMatchObject({ status: 'Succeeded', statistics: { rowsRead: 3, rowsWritten: 1 } });
    const result = await get(bucket, 'out/small.parquet');
    expect(await query('SELECT * FROM read_parquet($result)', { result })).toEqual([
      { i: '1', s: 'a', d: 1 },
    ]);
  });

  test('a change of the spec runs again and removes what the old generation wrote elsewhere', async () => {
    const spec = (key: string): object => ({
      source: s3Side(bucket, 'in/small.csv'),
      destination: s3Side(bucket, key),
    });
    await copy('moved', spec('moved/one.csv'));
    const status = await copy('moved', spec('moved/two.csv'));
    expect(status.objects).toMatchObject([{ key: 'moved/two.csv' }]);
    expect((await keys(bucket)).filter((key) => key.startsWith('moved/'))).toEqual(['moved/two.csv']);
  });

  test('kubectl shows it', async () => {
    const { stdout } = await kubectl(['get', 'bt', 'to-parquet', '-n', stack.namespace]);
    expect(stdout).toMatch(/SOURCE +DESTINATION +SCHEDULE +STATUS +ROWS +AGE/);
    expect(stdout).toMatch(new RegExp(`s3://${bucket}/in/payments.csv .*Succeeded +${ROWS}`));
    const resource = await getTransfer(stack.namespace, 'to-parquet');
    expect(resource!.metadata.finalizers).toEqual(['ddc.fybrik.io/finalizer']);
  });
});
