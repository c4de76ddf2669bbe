import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { paymentsCsv } from '../../deploy/local/payments.ts';
import { parquet } from '../../activities/formats/parquet/parquet.ts';
import { MemoryReader, readAll, withWorkbench } from '../support/files.ts';
import { apply, batchTransfer, untilStatus } from '../support/kubernetes.ts';
import { ENDED } from '../support/outcome.ts';
import { createBucket, get, keys as objectsIn, put, s3Side } from '../support/s3.ts';
import { startStack, type Stack } from '../support/stack.ts';

const ROWS = 20_000;
const key = (): string => randomBytes(32).toString('base64');
const encryption = {
  footerKey: key(),
  footerKeyId: 'footer key 1',
  columnKeys: [{ columns: ['nameOrig', 'amount'], key: key(), keyId: 'column key 1' }],
};

let stack: Stack;
let bucket: string;

beforeAll(async () => {
  stack = await startStack('encrypted', { DDC_CHUNK_BYTES: '200Ki' });
  bucket = await createBucket('encrypted');
  await put(bucket, 'payments.csv', [...paymentsCsv(ROWS)].join(''));
});
afterAll(() => stack.stop());

async function copy(name: string, spec: object) {
  const applied = await apply(batchTransfer(stack.namespace, name, spec));
  expect(applied.stderr).toBe('');
  return untilStatus(stack.namespace, name, ENDED);
}

const target = (objectKey: string, more: object = {}): object =>
  s3Side(bucket, objectKey, { parquet: { encryption }, ...more });

describe('encrypted Parquet', () => {
  test('CSV -> encrypted Parquet -> CSV keeps every row', async () => {
    const written = await copy('encrypt', {
      source: s3Side(bucket, 'payments.csv'),
      destination: target('payments.parquet'),
      verify: 'full',
    });
    expect(written.error).toBeUndefined();
    expect(written).toMatchObject({
      status: 'Succeeded',
      numRecords: ROWS,
      progress: { chunksTotal: 1 },
      receipt: { verified: 'full' },
    });

    const object = await get(bucket, 'payments.parquet');
    expect(object.toString('latin1', 0, 4)).toBe('PARE');
    for (const text of ['nameOrig', 'TRANSFER']) expect(object.includes(text)).toBe(false);
    expect(object.includes('footer key 1')).toBe(true);
    const rows = await withWorkbench(
      async (bench) =>
        (await readAll(parquet, new MemoryReader(object), bench, { secrets: { parquet: encryption } })).rows,
    );
    expect(rows).toHaveLength(ROWS);

    const plain = s3Side(bucket, 'plain.parquet');
    await copy('plain', { source: s3Side(bucket, 'payments.csv'), destination: plain });
    await copy('of-plain', { source: plain, destination: s3Side(bucket, 'plain.csv') });
    const read = await copy('decrypt', {
      source: target('payments.parquet'),
      destination: s3Side(bucket, 'again.csv'),
    });
    expect(read.error).toBeUndefined();
    expect(read).toMatchObject({
      status: 'Succeeded',
      numRecords: ROWS,
      source: { details: { encryption: 'AES_GCM_V1' } },
    });
    expect((await get(bucket, 'again.csv')).equals(await get(bucket, 'plain.csv'))).toBe(true);
  });

  test.each<[string, () => object, string]>([
    [
      'to-csv',
      () => ({ destination: target('out.csv') }),
      'spec.destination.s3.parquet.encryption: the data is csv, which these keys do not protect',
    ],
    [
      'of-csv',
      () => ({ source: target('payments.csv'), destination: s3Side(bucket, 'out.parquet') }),
      'spec.source.s3.parquet.encryption: the data is csv',
    ],
    [
      'binary',
      () => ({ destination: target('out', { dataFormat: 'binary' }) }),
      'spec.destination.s3.parquet.encryption: the data is binary',
    ],
    [
      'several',
      () => ({ destination: target('out', { partitionBy: ['type'] }) }),
      'encrypted Parquet is written as one object; remove partitionBy',
    ],
    [
      'no-column',
      () => ({
        destination: s3Side(bucket, 'out', {
          parquet: { encryption: { ...encryption, columnKeys: [{ columns: ['nameOrigin'], key: key() }] } },
        }),
      }),
      'column "nameOrigin" is not in the result',
    ],
    [
      'no-keys',
      () => ({ source: s3Side(bucket, 'payments.parquet'), destination: s3Side(bucket, 'out.csv') }),
      'is an encrypted Parquet file: give its keys',
    ],
    [
      'wrong-keys',
      () => ({
        source: s3Side(bucket, 'payments.parquet', {
          parquet: { encryption: { ...encryption, footerKey: key() } },
        }),
        destination: s3Side(bucket, 'out.csv'),
      }),
      'footerKey is not the key of its footer',
    ],
  ])('%s is refused, and nothing is written', async (name, spec, message) => {
    const status = await copy(name, { source: s3Side(bucket, 'payments.csv'), ...spec() });
    expect(status).toMatchObject({ status: 'Fatal', error: expect.stringContaining(message) });
    expect((await objectsIn(bucket)).filter((each) => each.startsWith('out'))).toEqual([]);
  });
});
