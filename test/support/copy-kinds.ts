import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { paymentsCsv } from '../../deploy/local/payments.ts';
import { parquetOf } from './query.ts';

/** A way that data can take through a run; the ways differ in how the result comes about. */
export interface CopyKind {
  /** Below `in/`. */
  source: string;
  /** Behind the name of the copy, below `out/`. */
  target: string;
  /** Whether the result is objects below that key. */
  several?: true;
  sourceSide?: object;
  destinationSide?: object;
  transformation?: object[];
  /** Column whose values are encrypted differently in every run. */
  encrypted?: string;
}

/** Of the encrypted column. */
export const KEY = '2b7e151628aed2a6abf7158809cf4f3cef4359d8d580aa4f7f036d6f04fc6a94';

const digest = { action: 'DigestColumns', columns: ['nameDest'], options: { algo: 'sha256' } };
const encrypt = { action: 'EncryptColumns', columns: ['nameOrig'], options: { key: KEY } };

/** @param elsewhere another name of the same store: what comes from there could as well come from another one */
export const copyKinds = (elsewhere: string): Record<string, CopyKind> => ({
  'csv-to-parquet': { source: 'payments.csv', target: '.parquet', transformation: [digest] },
  // bodies of more than 5 MiB: parts are uploaded while chunks are copied
  'parquet-to-csv': { source: 'wide.parquet', target: '.csv' },
  'json-to-parquet': { source: 'payments.ndjson', target: '.parquet' },
  partitioned: {
    source: 'payments.csv',
    target: '',
    several: true,
    destinationSide: { dataFormat: 'parquet', partitionBy: ['type'] },
  },
  // objects of more than 5 MiB: uploads are opened while publishing
  divided: {
    source: 'wide.parquet',
    target: '',
    several: true,
    destinationSide: { dataFormat: 'csv', maxObjectSize: '16Mi' },
  },
  'binary-through-worker': {
    source: 'files/',
    target: '/',
    several: true,
    sourceSide: { dataFormat: 'binary', endpoint: elsewhere },
  },
  'binary-by-store': { source: 'files/', target: '/', several: true, sourceSide: { dataFormat: 'binary' } },
  encrypted: {
    source: 'payments.csv',
    target: '.csv',
    transformation: [encrypt],
    encrypted: 'nameOrig',
  },
  'one-chunk': { source: 'few.csv', target: '.parquet', transformation: [digest] },
  // too large to be copied while it is planned, and what is compressed is not cut
  'one-large-chunk': { source: 'many.csv.gz', target: '.parquet', transformation: [digest] },
});

/** Key below `in/` -> data of every kind, in chunks of 100 KiB. */
export async function kindSources(): Promise<Record<string, string | Buffer>> {
  const payments = [...paymentsCsv(8_000)].join('');
  const [header = '', ...rows] = payments.trimEnd().split('\n');
  const names = header.split(',');
  const object = (row: string): object =>
    Object.fromEntries(row.split(',').map((value, index) => [names[index], value]));
  return {
    'payments.csv': payments,
    'few.csv': [...paymentsCsv(100)].join(''),
    'many.csv.gz': gzipSync([...paymentsCsv(16_000)].join(''), { level: 0 }),
    'payments.ndjson': rows
      .slice(0, 3_000)
      .map((row) => `${JSON.stringify(object(row))}\n`)
      .join(''),
    // Numbers that do not compress in the source, texts that do: much comes of little.
    'wide.parquet': await parquetOf(
      `SELECT hash(i) AS id, repeat('text ', 110) || (i % 7) AS text FROM range(48_000) AS t(i)`,
      ', ROW_GROUP_SIZE 12_288',
    ),
    'files/large.bin': randomBytes(11 * 2 ** 20),
    'files/deep/er/small.bin': randomBytes(1_000),
    'files/small.bin': randomBytes(2_000),
    'files/_empty': '',
  };
}
