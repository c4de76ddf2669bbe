import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { apply, batchTransfer, untilStatus } from '../support/kubernetes.ts';
import { query } from '../support/query.ts';
import { createBucket, get, keys, put, s3Side, uploads } from '../support/s3.ts';
import { startStack, type Stack } from '../support/stack.ts';

const ROWS = 30_000;
/** Deep in the object, in one of its many chunks: a wider number, a new field of a struct, a new column. */
const LATE = 25_000;

let stack: Stack;
let bucket: string;
const source = Array.from({ length: ROWS }, (_, id) =>
  JSON.stringify({
    id: id === LATE ? 0.5 : id,
    nested: id === LATE ? { a: id, late: [true] } : { a: id },
    pad: 'x'.repeat(200),
    ...(id === LATE ? { new: 'here' } : {}),
  }).concat('\n'),
).join('');

beforeAll(async () => {
  // About seventeen chunks. The samples lie elsewhere.
  stack = await startStack('json', { DDC_CHUNK_BYTES: '400Ki', DDC_PARALLEL_CHUNKS: '2' });
  bucket = await createBucket('json');
  await put(bucket, 'in/late.jsonl', source);
});
afterAll(() => stack.stop());

async function copy(name: string, spec: object) {
  const applied = await apply(batchTransfer(stack.namespace, name, spec));
  expect(applied.stderr).toBe('');
  return untilStatus(stack.namespace, name, ['Succeeded', 'Fatal', 'ConfigurationError']);
}

test('JSON -> Parquet plans again when late values contradict the types, and loses none of them', async () => {
  const status = await copy('late', {
    source: s3Side(bucket, 'in/late.jsonl'),
    destination: s3Side(bucket, 'out/late.parquet'),
  });
  expect(status.error).toBeUndefined();
  expect(status).toMatchObject({ status: 'Succeeded', numRecords: ROWS, source: { format: 'json' } });
  expect(status.progress!.chunksTotal).toBeGreaterThan(5);
  expect(status.source!.columns.map(({ name, type }) => [name, type])).toEqual([
    ['id', 'double'],
    ['nested', 'struct<a: int64, late: list<item: bool>>'],
    ['pad', 'utf8'],
    ['new', 'utf8'],
  ]);
  const result = await get(bucket, 'out/late.parquet');
  const columns = `{id: 'DOUBLE', nested: 'STRUCT(a BIGINT, late BOOLEAN[])', pad: 'VARCHAR', new: 'VARCHAR'}`;
  const difference = await query(
    `WITH a AS (SELECT * FROM read_json($source, columns = ${columns})), b AS (SELECT * FROM read_parquet($result))
     SELECT count(*)::INTEGER AS n FROM ((FROM a EXCEPT ALL FROM b) UNION ALL (FROM b EXCEPT ALL FROM a))`,
    { source, result },
  );
  expect(difference).toEqual([{ n: 0 }]);
  expect((await keys(bucket)).filter((key) => key.startsWith('.ddc'))).toEqual([]);
  expect(await uploads(bucket)).toEqual([]);
});

test('Parquet -> JSON -> JSON: rows in order, what a filter leaves, chunks without rows', async () => {
  const first = await copy('to-json', {
    source: s3Side(bucket, 'out/late.parquet'),
    destination: s3Side(bucket, 'out/late.json'),
    transformation: [{ action: 'RemoveColumns', columns: ['new'] }],
  });
  expect(first).toMatchObject({ status: 'Succeeded', numRecords: ROWS, destination: { format: 'json' } });
  const second = await copy('again', {
    source: s3Side(bucket, 'out/late.json'),
    destination: s3Side(bucket, 'out/few.ndjson'),
    transformation: [
      { action: 'FilterRows', options: { clause: 'id < 2 OR id > 29997' } },
      { action: 'RemoveColumns', columns: ['pad'] },
    ],
  });
  expect(second.error).toBeUndefined();
  expect(second).toMatchObject({ status: 'Succeeded', statistics: { rowsRead: ROWS, rowsWritten: 5 } });
  expect(
    (await get(bucket, 'out/few.ndjson'))
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual([
    { id: 0, nested: { a: 0, late: null } },
    { id: 1, nested: { a: 1, late: null } },
    { id: 0.5, nested: { a: LATE, late: [true] } },
    { id: 29_998, nested: { a: 29_998, late: null } },
    { id: 29_999, nested: { a: 29_999, late: null } },
  ]);
});
