import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { expectOnly, outcome } from '../support/outcome.ts';
import { query } from '../support/query.ts';
import { createBucket, get, put, s3Side } from '../support/s3.ts';
import { startStack, type Stack } from '../support/stack.ts';

const ROWS = 5000;
const BAD_ROW = 4321;
const CSV = (price: (row: number) => string): string =>
  `id,price,at,note\n${Array.from({ length: ROWS }, (_, row) => `00${row},${price(row)},2024-02-29 10:00:00,"n,${row}"\n`).join('')}`;
const SCHEMA = [
  { name: 'id', type: 'uint64', nullable: false },
  { name: 'price', type: 'decimal128(10, 2)' },
  { name: 'at', type: 'timestamp[ms]' },
  { name: 'note', type: 'utf8' },
];

let stack: Stack;
let from: string;
beforeAll(async () => {
  stack = await startStack('types', { DDC_CHUNK_BYTES: '50Ki', DDC_PARALLEL_CHUNKS: '2' });
  from = await createBucket('types-from');
  await put(
    from,
    'in.csv',
    CSV((row) => `${row}.5`),
  );
  await put(
    from,
    'bad.csv',
    CSV((row) => (row === BAD_ROW ? '1.555' : '1')),
  );
  await put(from, 'semicolons.csv', 'a;b\n1;2\n');
});
afterAll(() => stack.stop());

const copy = (name: string, key: string, source: Record<string, unknown>, to: string, target: string) =>
  outcome(stack.namespace, name, {
    source: s3Side(from, key, source),
    destination: s3Side(to, target),
  });

describe('a given schema', () => {
  test('CSV is read as it says; what the target lacks is cast and listed, so are its format facts', async () => {
    const to = await createBucket('types-given');
    const status = await copy('given', 'in.csv', { schema: SCHEMA }, to, 'out.orc');
    expect(status.error).toBeUndefined();
    expect(status).toMatchObject({ status: 'Succeeded', numRecords: ROWS });
    expect(status.progress!.chunksTotal).toBeGreaterThan(2);
    expect(status.source!.columns).toEqual(SCHEMA.map((column) => ({ nullable: true, ...column })));
    expect(status.source!.details).toMatchObject({ delimiter: ',', encoding: 'UTF-8', compression: 'none' });
    expect(status.destination).toMatchObject({
      conversions: ['id: uint64 -> decimal128(20, 0)', 'at: timestamp[ms] -> timestamp[us]'],
      details: { compression: 'zstd' },
    });
    expect(status.destination!.columns.map(({ type }) => type)).toEqual([
      'decimal128(20, 0)',
      'decimal128(10, 2)',
      'timestamp[us]',
      'utf8',
    ]);
    const back = await createBucket('types-back');
    const second = await outcome(stack.namespace, 'back', {
      source: s3Side(to, 'out.orc'),
      destination: s3Side(back, 'out.parquet'),
    });
    expect(second.error).toBeUndefined();
    const rows = await query(
      'SELECT typeof(price) AS price, sum(id) AS ids FROM read_parquet($file) GROUP BY 1',
      {
        file: await get(back, 'out.parquet'),
      },
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]!['price']).toBe('DECIMAL(10,2)');
    expect(Number(rows[0]!['ids'])).toBe((ROWS * (ROWS - 1)) / 2);
  });

  test.each(['out.parquet', 'out.csv'])('a value that does not fit it is Fatal, to %s', async (target) => {
    const name = `unfit-${target.slice(4)}`;
    const to = await createBucket(`types-${name}`);
    const status = await copy(name, 'bad.csv', { schema: SCHEMA }, to, target);
    expect(status.status).toBe('Fatal');
    expect(status.error).toMatch(
      /s3:\/\/.*\/bad\.csv: column "price" must be decimal128\(10, 2\) \(spec\.source\.s3\.schema\), but line \d+( of chunk \d+)? holds a number of 5 characters/,
    );
    await expectOnly(to, []);
  });

  test('data with other columns is Fatal before a byte is written, with both sides', async () => {
    const to = await createBucket('types-wrong');
    const schema = [...SCHEMA.slice(0, 3), { name: 'remark', type: 'utf8' }];
    const status = await copy('wrong', 'in.csv', { schema }, to, 'out.parquet');
    expect(status.status).toBe('Fatal');
    expect(status.error).toContain(
      `spec.source.s3.schema: s3://${from}/in.csv is not as expected: missing: "remark" (utf8); unexpected: "note" (utf8)`,
    );
    await expectOnly(to, []);
  });
});

test('intervals that Parquet cannot hold are text, and listed', async () => {
  const to = await createBucket('types-interval');
  const spans = ['1 day 00:00:00.123456', '-3 days', '2000:00:00'];
  await put(from, 'spans.csv', `span\n${spans.join('\n')}\n`);
  const schema = [{ name: 'span', type: 'month_day_nano_interval' }];
  const status = await copy('interval', 'spans.csv', { schema }, to, 'out.parquet');
  expect(status.error).toBeUndefined();
  expect(status.destination).toMatchObject({ conversions: ['span: month_day_nano_interval -> utf8'] });
  const file = await get(to, 'out.parquet');
  expect(await query('SELECT span FROM read_parquet($file)', { file })).toEqual(
    spans.map((span) => ({ span })),
  );
});

test('a usual delimiter that is not the one given is a warning', async () => {
  const to = await createBucket('types-hint');
  const status = await copy('hint', 'semicolons.csv', {}, to, 'out.json');
  expect(status.warnings).toEqual([
    `s3://${from}/semicolons.csv: the header is one column: did you mean csv.delimiter ";"?`,
  ]);
  expect(status.destination!.details).toEqual({ layout: 'lines', encoding: 'UTF-8', compression: 'none' });
});
