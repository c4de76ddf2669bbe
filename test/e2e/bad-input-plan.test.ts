import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { apply, batchTransfer, getTransfer, untilStatus } from '../support/kubernetes.ts';
import { csvOf } from '../support/csv.ts';
import { ENDED, expectOnly, outcome } from '../support/outcome.ts';
import { poll } from '../support/poll.ts';
import { query } from '../support/query.ts';
import { createBucket, get, keys, put, s3Side } from '../support/s3.ts';
import { startStack, type Stack } from '../support/stack.ts';
import { activitiesOf } from '../support/temporal.ts';

let stack: Stack;
let from: string;
let to: string;

beforeAll(async () => {
  stack = await startStack('bad-plan', { DDC_CHUNK_BYTES: '64Ki', DDC_PARALLEL_CHUNKS: '1' });
  from = await createBucket('bad-plan-from');
  to = await createBucket('bad-plan-to');
});
afterAll(() => stack.stop());

const digest = (rows: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(rows)).digest('hex');

/** The rows of the result are those of the CSV, said by one plain reading of all of it. */
async function expectSameRows(key: string, csv: string, columns: string): Promise<void> {
  const result = await get(to, key);
  const got = await query('SELECT * FROM read_parquet($result)', { result });
  const expected = await query(
    `SELECT * FROM read_csv($csv, header = true, quote = '"', escape = '"', auto_detect = false, delim = ',',
     nullstr = '', columns = ${columns})`,
    { csv },
  );
  expect(got).toHaveLength(expected.length);
  expect(digest(got)).toBe(digest(expected));
  expect(got.at(-1)).toEqual(expected.at(-1));
}

/** How often the transfer's run has been planned. */
async function plans(name: string): Promise<number> {
  const { status } = (await getTransfer(stack.namespace, name))!;
  const activities = await activitiesOf(status!.lastCompleted!);
  return activities.filter((activity) => activity === 'plan').length;
}

describe('a plan that does not fit the source', () => {
  test('later values contradict the types: wider types, and no value is lost', async () => {
    // Beyond the first MiB, which is all that the plan looks at in an object of this size.
    const row = (index: number): string => {
      if (index < 60_000) return `${index},${index},2024-01-01,${index}`;
      if (index % 10_000 !== 5_005) return `${index},${index}.5,2024-01-01,`;
      return `${index},n/a,2024-01-01 12:34:56,007`;
    };
    const csv = csvOf('id,amount,day,code', 90_000, row);
    await put(from, 'types.csv', csv);
    const status = await outcome(stack.namespace, 'types', {
      source: s3Side(from, 'types.csv'),
      destination: s3Side(to, 'types.parquet'),
    });
    expect(status).toMatchObject({ status: 'Succeeded', numRecords: 90_000 });
    expect(status.destination!.columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'id int64',
      'amount utf8',
      'day timestamp[us]',
      'code utf8',
    ]);
    expect(await plans('types')).toBeGreaterThan(1);
    const columns = "{'id': 'BIGINT', 'amount': 'VARCHAR', 'day': 'TIMESTAMP', 'code': 'VARCHAR'}";
    await expectSameRows('types.parquet', csv, columns);
    const nulls = await query(
      'SELECT count(*) FILTER (amount IS NULL) AS amounts, count(*) FILTER (code IS NULL) AS codes FROM read_parquet($result)',
      { result: await get(to, 'types.parquet') },
    );
    // Only what was empty.
    expect(nulls).toEqual([{ amounts: '0', codes: String(30_000 - 3) }]);
  });

  test('newlines and whole records within quotes across cuts: exact cuts, all rows right', async () => {
    // Values that look like records, the longest of them longer than a chunk.
    const lookalike = (records: number): string =>
      csvOf('id,text,n', records, (index) => `${index},looks like a record,${index}`);
    const row = (index: number): string => {
      const text = index === 300 ? lookalike(6_000) : lookalike(index % 40).replaceAll('like', '""like""');
      return `${index},"${text}",${index * 2}`;
    };
    const csv = csvOf('id,text,n', 1_000, row);
    await put(from, 'quotes.csv', csv);
    const status = await outcome(stack.namespace, 'quotes', {
      source: s3Side(from, 'quotes.csv'),
      destination: s3Side(to, 'quotes.parquet'),
    });
    expect(status).toMatchObject({ status: 'Succeeded', numRecords: 1_000 });
    expect(status.progress!.chunksTotal).toBeGreaterThan(5);
    expect(await plans('quotes')).toBe(2);
    const columns = "{'id': 'BIGINT', 'text': 'VARCHAR', 'n': 'BIGINT'}";
    await expectSameRows('quotes.parquet', csv, columns);
    await outcome(stack.namespace, 'quotes-csv', {
      source: s3Side(from, 'quotes.csv'),
      destination: s3Side(to, 'quotes.csv'),
    });
    expect(digest([(await get(to, 'quotes.csv')).toString()])).toBe(digest([csv]));
  });

  test('the source is replaced while it is copied: the copy is the new version alone', async () => {
    // Of the same form and length, so that nothing but the version tells them apart.
    const old = csvOf('id,text', 100_000, (index) => `${index},the old version`);
    const next = old.replaceAll('old', 'new');
    const bucket = await createBucket('bad-plan-changes');
    await put(from, 'changes.csv', old);
    const spec = {
      source: s3Side(from, 'changes.csv'),
      destination: s3Side(bucket, 'changes.parquet'),
    };
    await apply(batchTransfer(stack.namespace, 'changes', spec));
    const finished = async (): Promise<string[]> =>
      (await keys(bucket)).filter((key) => key.includes('/0/chunks/'));
    await poll(finished, (records) => records.length >= 2, 'some chunks to be copied');
    await put(from, 'changes.csv', next);
    // The run was still copying the old version when the new one came.
    expect(await keys(bucket)).not.toContain('changes.parquet');
    expect((await finished()).length).toBeLessThan(old.length / 2 ** 16 - 2);
    const status = await untilStatus(stack.namespace, 'changes', ENDED);
    expect(status).toMatchObject({ status: 'Succeeded', numRecords: 100_000 });
    expect(await plans('changes')).toBe(2);
    const result = await get(bucket, 'changes.parquet');
    const rows = await query('SELECT * FROM read_parquet($result)', { result });
    expect(rows).toHaveLength(100_000);
    expect(rows[12_345]).toEqual({ id: '12345', text: 'the new version' });
    expect(new Set(rows.map((row) => row['text']))).toEqual(new Set(['the new version']));
    await expectOnly(bucket, ['changes.parquet']);
  });
});
