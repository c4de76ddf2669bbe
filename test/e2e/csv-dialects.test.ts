import { gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decompressed } from '../../activities/formats/decompressed.ts';
import { expectOnly, outcome } from '../support/outcome.ts';
import { createBucket, get, put, s3Side } from '../support/s3.ts';
import { startStack, type Stack } from '../support/stack.ts';

const ROWS = 20_000;
const lines = Array.from({ length: ROWS }, (_, row) => [
  String(row),
  `é "${row}"`,
  row % 7 === 0 ? null : `a;b\n${row}`,
]);
const quoted = (value: string): string => (/[;\n]/.test(value) ? `'${value}'` : value);
/** Semicolons, single quotes, NA. */
const SOURCE = [
  'id;name;note',
  ...lines.map((row) => row.map((value) => (value === null ? 'NA' : quoted(value))).join(';')),
  '',
].join('\r\n');
const AS_SOURCE = { delimiter: ';', quote: "'", nullValue: 'NA' };

type Fields = Record<string, unknown>;

let stack: Stack;
let from: string;

beforeAll(async () => {
  stack = await startStack('dialects', { DDC_CHUNK_BYTES: '200Ki' });
  from = await createBucket('dialects-from');
});
afterAll(() => stack.stop());

async function copied(name: string, content: Buffer, source: Fields, key: string, destination: Fields) {
  const to = await createBucket(`dialects-${name}`);
  await put(from, name, content);
  const spec = {
    source: s3Side(from, name, { dataFormat: 'csv', ...source }),
    destination: s3Side(to, key, destination),
  };
  const status = await outcome(stack.namespace, name, spec);
  expect(status.error).toBeUndefined();
  expect(status).toMatchObject({ status: 'Succeeded', numRecords: ROWS });
  await expectOnly(to, [key]);
  return { status, object: await get(to, key) };
}

describe('CSV', () => {
  test('UTF-16 in many chunks -> tabs, backslashes, zstd by the key', async () => {
    const { status, object } = await copied(
      'utf16',
      Buffer.from(`\uFEFF${SOURCE}`, 'utf16le'),
      { csv: AS_SOURCE },
      'out.tsv.zst',
      { csv: { escape: '\\', nullValue: 'NULL', header: false } },
    );
    expect(status.progress!.chunksTotal).toBeGreaterThan(5);
    expect(status.source!.details).toMatchObject({
      delimiter: ';',
      quote: "'",
      nullValue: 'NA',
      encoding: 'UTF-16LE',
    });
    const pieces: Buffer[] = [];
    for await (const piece of decompressed('out', 'zstd', [object])) pieces.push(piece);
    const expected = lines.map(([id, name, note]) =>
      [id, `"${name!.replaceAll('"', String.raw`\"`)}"`, note === null ? 'NULL' : `"${note}"`].join('\t'),
    );
    expect(Buffer.concat(pieces).toString()).toBe(`${expected.join('\n')}\n`);
  });

  test('gzip, ISO-8859-1 -> gzip, ISO-8859-1', async () => {
    const { status, object } = await copied(
      'latin1',
      gzipSync(Buffer.from(SOURCE, 'latin1')),
      { csv: { ...AS_SOURCE, encoding: 'latin-1' } },
      'out.csv.gz',
      { csv: { ...AS_SOURCE, encoding: 'latin-1' } },
    );
    expect(status.source!.details).toMatchObject({ compression: 'gzip', encoding: 'ISO-8859-1' });
    expect(gunzipSync(object).toString('latin1')).toBe(SOURCE.replaceAll(/\r\n(?=\d+;|$)/g, '\n'));
  });

  test('zstd cut off: Fatal, and nothing is left', async () => {
    const to = await createBucket('dialects-cut');
    await put(from, 'cut.csv.zst', zstdCompressSync(SOURCE).subarray(0, -20));
    const spec = {
      source: s3Side(from, 'cut.csv.zst', { csv: AS_SOURCE }),
      destination: s3Side(to, 'out.parquet'),
    };
    const status = await outcome(stack.namespace, 'cut', spec);
    expect(status).toMatchObject({
      status: 'Fatal',
      error: expect.stringContaining(`s3://${from}/cut.csv.zst: the zstd data is corrupt or cut off`),
    });
    await expectOnly(to, []);
  });
});
