import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { apply, batchTransfer, untilStatus } from '../support/kubernetes.ts';
import { parquetOf, query } from '../support/query.ts';
import { createBucket, get, put, s3Side } from '../support/s3.ts';
import { startStack, type Stack } from '../support/stack.ts';

let stack: Stack;
let bucket: string;

/** Offsets 0 to 7 of the acceptance case 22, key:value. */
const CHANGES = [
  [1, 'a'],
  [2, 'b'],
  [3, 'c'],
  [2, 'f'],
  [1, 'z'],
  [3, null],
  [1, 'd'],
  [4, 'z4'],
] as const;
const changes = CHANGES.map(
  ([key, value], offset) =>
    `({'i': ${key}}, ${value === null ? 'NULL' : `{'i': ${key}, 's': '${value}', 'd': ${key}.5::DOUBLE}`}, ${offset})`,
);

beforeAll(async () => {
  stack = await startStack('changes', { DDC_CHUNK_BYTES: '1Ki' });
  bucket = await createBucket('changes');
  const rows = `SELECT * FROM (VALUES ${changes.join(', ')}) AS t(key, value, "offset")`;
  await put(bucket, 'in/changes.parquet', await parquetOf(rows));
  // in two objects, the later changes first
  await put(bucket, 'parts/a.parquet', await parquetOf(`${rows} WHERE "offset" >= 4`));
  await put(bucket, 'parts/b.parquet', await parquetOf(`${rows} WHERE "offset" < 4`));
  await put(bucket, 'in/log.csv', 'id\n1\n');
});
afterAll(() => stack.stop());

async function copy(name: string, from: string, spec: object) {
  const applied = await apply(
    batchTransfer(stack.namespace, name, {
      source: s3Side(bucket, from),
      destination: s3Side(bucket, `out/${name}.parquet`),
      ...spec,
    }),
  );
  expect(applied.stderr).toBe('');
  return untilStatus(stack.namespace, name, ['Succeeded', 'Fatal', 'ConfigurationError']);
}

const rowsOf = async (name: string) =>
  query('SELECT * FROM read_parquet($source)', { source: await get(bucket, `out/${name}.parquet`) });

describe('change data', () => {
  test.each([
    ['one', 'in/changes.parquet'],
    ['several', 'parts/'],
  ])(
    'to log data, %s: the last change of every key, deletions left out, then the transformations',
    async (name, from) => {
      const status = await copy(`snapshot-${name}`, from, {
        readDataType: 'ChangeData',
        writeDataType: 'LogData',
        transformation: [{ action: 'RedactColumns', columns: ['d'] }],
      });
      expect(status.error).toBeUndefined();
      expect(status).toMatchObject({ numRecords: 3, statistics: { rowsRead: 8, rowsWritten: 3 } });
      expect(await rowsOf(`snapshot-${name}`)).toEqual([
        { i: 2, s: 'f', d: 'XXXXXXXXXX' },
        { i: 1, s: 'd', d: 'XXXXXXXXXX' },
        { i: 4, s: 'z4', d: 'XXXXXXXXXX' },
      ]);
    },
  );

  test('to change data: a name means the field of the key and of the value', async () => {
    const status = await copy('changes', 'in/changes.parquet', {
      readDataType: 'cdc',
      writeDataType: 'cdc',
      transformation: [
        { action: 'DigestColumns', columns: ['i'] },
        { action: 'RemoveColumns', columns: ['s'] },
      ],
    });
    expect(status.error).toBeUndefined();
    const rows = await rowsOf('changes');
    expect(rows).toHaveLength(8);
    const digest = 'c4ca4238a0b923820dcc509a6f75849b';
    expect(rows[0]).toMatchObject({ key: { i: digest }, value: { i: digest, d: 1.5 } });
    expect(rows[0]!['value']).not.toHaveProperty('s');
  });

  test('what is no change data is refused', async () => {
    const data = await copy('no-changes', 'in/log.csv', {
      readDataType: 'ChangeData',
      writeDataType: 'LogData',
    });
    expect(data).toMatchObject({ status: 'Fatal' });
    expect(data.error).toContain(
      'holds no change data: it needs a column key and a column value with fields',
    );
    const made = await copy('made', 'in/log.csv', { writeDataType: 'ChangeData' });
    expect(made).toMatchObject({ status: 'Fatal' });
    expect(made.error).toContain('spec.writeDataType: ChangeData cannot be made of LogData');
  });
});
