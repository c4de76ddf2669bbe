import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { apply, batchTransfer, kubectl, untilStatus } from '../support/kubernetes.ts';
import { query } from '../support/query.ts';
import { createBucket, get, keys, put, s3Side, uploads } from '../support/s3.ts';
import { startStack, type Stack } from '../support/stack.ts';

let stack: Stack;
let bucket: string;

beforeAll(async () => {
  stack = await startStack('data-sets', { DDC_CHUNK_BYTES: '100Ki', DDC_PARALLEL_CHUNKS: '2' });
  bucket = await createBucket('data-sets');
});
afterAll(() => stack.stop());

async function copy(
  name: string,
  from: string,
  to: string,
  spec: object = {},
  destination: Record<string, unknown> = {},
) {
  const applied = await apply(
    batchTransfer(stack.namespace, name, {
      source: s3Side(bucket, from),
      destination: s3Side(bucket, to, destination),
      ...spec,
    }),
  );
  expect(applied.stderr).toBe('');
  return untilStatus(stack.namespace, name, ['Succeeded', 'Fatal', 'ConfigurationError']);
}

const rowsOf = async (key: string) =>
  query('SELECT * FROM read_parquet($source)', { source: await get(bucket, key) });

describe('a source of many objects', () => {
  test('is one data set: schemas united by name, partitions become columns, markers are no data', async () => {
    await put(bucket, 'many/day=2024-01-01/a.csv', 'id,name\n1,x\n2,\n');
    await put(bucket, 'many/day=2024-01-02/b.csv', 'id,more\n3,7\n4,\n');
    await put(bucket, 'many/day=2024-01-02/_SUCCESS', 'no data');
    await put(bucket, 'many/.hidden/c.csv', 'nor,this\n1,1\n');
    await put(bucket, 'many/day=2024-01-03/', '');
    const status = await copy('many', 'many', 'out/many.parquet');
    expect(status.error).toBeUndefined();
    expect(status).toMatchObject({
      numRecords: 4,
      source: { objects: 2, format: 'csv' },
      destination: { objects: 1 },
    });
    expect(status.destination!.columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'id int64',
      'name utf8',
      'more int64',
      'day date32[day]',
    ]);
    expect(JSON.stringify(await rowsOf('out/many.parquet'))).toBe(
      JSON.stringify(
        await query(
          `SELECT * FROM (VALUES (1::BIGINT, 'x', NULL::BIGINT, DATE '2024-01-01'), (2, NULL, NULL, '2024-01-01'),
          (3, NULL, 7, '2024-01-02'), (4, NULL, NULL, '2024-01-02')) AS t(id, name, more, day)`,
          {},
        ),
      ),
    );
  });

  test('a hundred small objects and a large one are copied in few chunks', async () => {
    const rows = (from: number, count: number) =>
      Array.from({ length: count }, (_, index) => `${from + index},row ${from + index}\n`).join('');
    for (let index = 0; index < 100; index += 1)
      await put(bucket, `parts/${String(index).padStart(3, '0')}.csv`, `id,text\n${rows(index * 10, 10)}`);
    await put(bucket, 'parts/zzz.csv', `id,text\n${rows(1000, 30_000)}`);
    const status = await copy('parts', 'parts/', 'out/parts.csv');
    expect(status.error).toBeUndefined();
    expect(status).toMatchObject({ numRecords: 31_000, source: { objects: 101 } });
    expect(status.progress!.chunksTotal).toBeLessThan(12);
    expect((await get(bucket, 'out/parts.csv')).toString()).toBe(`id,text\n${rows(0, 31_000)}`);
  });

  test('what does not go together is named with both objects', async () => {
    await put(bucket, 'mixed/a.csv', 'id\n1\n');
    await put(bucket, 'mixed/b.parquet', 'PAR1');
    const status = await copy('mixed', 'mixed', 'out/mixed.parquet');
    expect(status).toMatchObject({ status: 'Fatal' });
    expect(status.error).toContain(
      `s3://${bucket}/mixed/a.csv is csv but s3://${bucket}/mixed/b.parquet is parquet`,
    );
  });

  test('a copy into its own source is refused', async () => {
    const status = await copy('own', 'many', 'many/copy.parquet');
    expect(status).toMatchObject({ status: 'Fatal' });
    expect(status.error).toContain('lies in the source "many/"');
  });
});

describe('a result of many objects', () => {
  const csv = `id,country,amount\n${Array.from({ length: 12_000 }, (_, id) => `${id},${['DE', 'FR', ''][id % 3]},${id}.5\n`).join('')}`;
  const below = async (prefix: string) => (await keys(bucket)).filter((key) => key.startsWith(prefix));

  test('partitionBy: one object for each value, and all of them together are the data', async () => {
    await put(bucket, 'in/orders.csv', csv);
    const status = await copy('partitions', 'in/orders.csv', 'out/orders', {}, { partitionBy: ['Country'] });
    expect(status.error).toBeUndefined();
    expect(status).toMatchObject({ numRecords: 12_000, destination: { objects: 3 } });
    expect(await below('out/orders')).toEqual([
      'out/orders/country=DE/part-00000.parquet',
      'out/orders/country=FR/part-00000.parquet',
      'out/orders/country=__HIVE_DEFAULT_PARTITION__/part-00000.parquet',
    ]);
    const german = await rowsOf('out/orders/country=DE/part-00000.parquet');
    expect(german).toHaveLength(4_000);
    expect(german[1]).toMatchObject({ country: 'DE', amount: 3.5 });
    expect(await uploads(bucket)).toEqual([]);
    expect(await below('.ddc')).toEqual([]);

    // read back as one data set, the partition column from the data
    const back = await copy('back', 'out/orders/', 'out/back.csv', {
      transformation: [{ action: 'FilterRows', options: { clause: "country = 'FR' AND id < 10" } }],
    });
    expect(back.error).toBeUndefined();
    expect((await get(bucket, 'out/back.csv')).toString()).toBe(
      'id,country,amount\n1,FR,1.5\n4,FR,4.5\n7,FR,7.5\n',
    );
  });

  test('maxObjectSize divides; the next generation leaves nothing of the one before, nor touches strangers', async () => {
    const settings = [{ dataFormat: 'csv' }, { maxObjectSize: '5Mi' }] as const;
    const large = `id,text\n${Array.from({ length: 12_000 }, (_, id) => `${id},${'x'.repeat(1000)}\n`).join('')}`;
    await put(bucket, 'in/large.csv', large);
    const first = await copy(
      'divided',
      'in/large.csv',
      'out/divided',
      {},
      { ...settings[0], ...settings[1] },
    );
    expect(first.error).toBeUndefined();
    expect(first).toMatchObject({ numRecords: 12_000, destination: { objects: 3 } });
    const written = await below('out/divided/');
    expect(written).toHaveLength(3);
    const texts = await Promise.all(written.map(async (key) => (await get(bucket, key)).toString()));
    for (const text of texts) {
      expect(text.length).toBeLessThanOrEqual(5 * 2 ** 20);
      expect(text.startsWith('id,text\n')).toBe(true);
    }
    expect(texts.map((text) => text.slice('id,text\n'.length)).join('')).toBe(
      large.slice('id,text\n'.length),
    );

    await put(bucket, 'out/divided/strange.csv', 'id\n1\n');
    await kubectl([
      ...['patch', 'batchtransfer', 'divided', '-n', stack.namespace, '--type=merge', '-p'],
      JSON.stringify({ spec: { source: s3Side(bucket, 'in/orders.csv') } }),
    ]);
    const second = await untilStatus(stack.namespace, 'divided', ['Succeeded', 'Fatal']);
    expect(second).toMatchObject({ numRecords: 12_000 });
    expect(await below('out/divided/')).toEqual(['out/divided/part-00000.csv', 'out/divided/strange.csv']);

    await kubectl(['delete', 'batchtransfer', 'divided', '-n', stack.namespace, '--timeout=60s']);
    expect(await below('out/divided/')).toEqual(['out/divided/strange.csv']);
  });

  test('Append puts a new object beside; the deletion finds both', async () => {
    await put(bucket, 'in/few.csv', 'id\n1\n');
    const first = await copy('append', 'in/few.csv', 'out/append/few.parquet');
    expect(first.error).toBeUndefined();
    await kubectl([
      ...['patch', 'batchtransfer', 'append', '-n', stack.namespace, '--type=merge', '-p'],
      JSON.stringify({ spec: { writeOperation: 'Append' } }),
    ]);
    const second = await untilStatus(stack.namespace, 'append', ['Succeeded', 'Fatal']);
    expect(second.error).toBeUndefined();
    const both = await below('out/append/');
    expect(both).toEqual([expect.stringMatching(/few-[0-9a-f]{12}\.parquet$/), 'out/append/few.parquet']);
    expect(second.objects).toHaveLength(2);
    await kubectl(['delete', 'batchtransfer', 'append', '-n', stack.namespace, '--timeout=60s']);
    expect(await below('out/append/')).toEqual([]);
  });
});
