import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { literal } from '../../activities/engine/engine.ts';
import type { FormatSecrets, ParquetKeys } from '../../activities/formats/format.ts';
import { parquet } from '../../activities/formats/parquet/parquet.ts';
import { MemoryReader, readAll, withWorkbench, writeObject } from '../support/files.ts';
import { obtainPyarrow } from '../support/obtain-pyarrow.ts';
import { encryption, writeEncrypted } from '../support/parquet-encryption.ts';

const SCRIPT = fileURLToPath(new URL('../support/parquet-pyarrow.py', import.meta.url));

let pyarrow: string;
let directory: string;
/** Of the files with keys for columns: key by column, in base64. */
let columnKeys: Record<string, Record<string, string>>;

async function python<T>(...args: string[]): Promise<T> {
  const { stdout } = await promisify(execFile)('python3', [SCRIPT, ...args], {
    env: { ...process.env, PYTHONPATH: pyarrow },
  });
  return JSON.parse(stdout) as T;
}

beforeAll(async () => {
  pyarrow = await obtainPyarrow({ env: process.env, log: (line) => process.stderr.write(`${line}\n`) });
  directory = mkdtempSync(join(tmpdir(), 'ddc-pyarrow-'));
  columnKeys = await python('write', directory);
}, 600_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Found {
  rows: number;
  groups: number;
  columns: string[];
  compressions: string[];
  /** Columns of the first row group that have statistics. */
  statistics: number;
  /** Statistics that are not those of the row group's rows. */
  wrong: unknown[];
  /** Columns that differ from the engine's own file. */
  differences: string[];
}

const SELECT = `SELECT i, (i * 7919 % 10007)::INTEGER AS mixed, CASE WHEN i % 5 > 0 THEN 'name ' || i % 90 END AS name,
  i / 3 AS price, (i / 8)::DECIMAL(12, 3) AS money, CASE WHEN i % 4 > 0 THEN i % 3 = 0 END AS flag,
  DATE '1999-12-31' + (i % 9000)::INTEGER AS day, TIMESTAMP '2024-01-01' + INTERVAL (i) SECOND AS at,
  [i, NULL] AS list, {'a': i, 'b': 'x' || i} AS part`;
const COLUMNS = ['i', 'mixed', 'name', 'price', 'money', 'flag', 'day', 'at', 'list', 'part'];
const between = (from: number, to: number): string => `${SELECT} FROM range(${from}, ${to}) AS numbers(i)`;

async function judged(bytes: Buffer, keys: object, to: number): Promise<Found> {
  return withWorkbench(async (bench) => {
    const [file, expected] = ['object.parquet', 'expected.parquet'].map((name) =>
      join(bench.directory, name),
    );
    writeFileSync(file!, bytes);
    await bench.engine.run(`COPY (${between(0, to)}) TO ${literal(expected!)} (FORMAT parquet)`);
    return python('read', file!, expected!, JSON.stringify(keys));
  });
}

describe('pyarrow reads what is written', () => {
  test('stitched chunks: rows, and the statistics of every row group', async () => {
    const bounds = [0, 0, 130_000, 130_001, 130_001, 150_000];
    const object = await withWorkbench(async (bench) => {
      const queries = bounds.slice(1).map((to, index) => between(bounds[index]!, to));
      return (await writeObject(parquet, queries, bench, { order: [4, 2, 1, 3, 0], padding: 13 })).object;
    });
    expect(await judged(object, {}, 150_000)).toEqual({
      rows: 150_000,
      groups: 4,
      columns: COLUMNS,
      compressions: ['ZSTD'],
      statistics: 11,
      wrong: [],
      differences: [],
    });
  }, 60_000);

  test.each([
    ['none', 'UNCOMPRESSED'],
    ['snappy', 'SNAPPY'],
    ['gzip', 'GZIP'],
    ['zstd', 'ZSTD'],
    ['lz4_raw', 'LZ4'],
    ['brotli', 'BROTLI'],
  ] as const)('compression %s', async (compression, name) => {
    const options = { parquet: { compression } };
    const object = await withWorkbench(
      async (bench) =>
        (await writeObject(parquet, [between(0, 900), between(900, 1000)], bench, { options })).object,
    );
    expect(await judged(object, {}, 1000)).toMatchObject({
      rows: 1000,
      compressions: [name],
      wrong: [],
      differences: [],
    });
  });

  test.each([16, 24, 32])(
    'encrypted with one key of %d bytes',
    async (length) => {
      const footerKey = randomBytes(length).toString('base64');
      const object = await writeEncrypted(between(0, 130_000), { footerKey, columnKeys: [] });
      expect(await judged(object, { footer: footerKey }, 130_000)).toMatchObject({
        rows: 130_000,
        groups: 2,
        statistics: 11,
        wrong: [],
        differences: [],
      });
    },
    60_000,
  );

  test('encrypted with keys for columns, which readers find by their ids', async () => {
    const key = (): string => randomBytes(32).toString('base64');
    const keys: ParquetKeys = {
      footerKey: key(),
      columnKeys: [
        { columns: ['name', 'part.a'], key: key() },
        { columns: ['money', 'list'], key: key() },
      ],
    };
    const material = (wrapped: string, footer: boolean): string =>
      JSON.stringify({
        keyMaterialType: 'PKMT1',
        internalStorage: true,
        isFooterKey: footer,
        ...(footer ? { kmsInstanceID: 'DEFAULT', kmsInstanceURL: 'DEFAULT' } : {}),
        masterKeyID: 'master',
        wrappedDEK: wrapped,
        doubleWrapping: false,
      });
    const named = keys.columnKeys.map((each) => ({ ...each, keyId: material(each.key, false) }));
    const object = await writeEncrypted(
      between(0, 1000),
      { ...keys, columnKeys: named },
      encryption(material(keys.footerKey, true)),
    );
    expect(await judged(object, { kms: true }, 1000)).toMatchObject({
      rows: 1000,
      columns: COLUMNS,
      wrong: [],
      differences: [],
    });
  });
});

describe('what pyarrow has written is read', () => {
  async function rowsOf(name: string, secrets: FormatSecrets, chunkBytes = 1): Promise<unknown[][]> {
    const object = readFileSync(join(directory, `${name}.parquet`));
    return withWorkbench(async (bench) => {
      const { rows, counts } = await readAll(parquet, new MemoryReader(object), bench, {
        chunkBytes,
        secrets,
      });
      expect(counts).toEqual(chunkBytes === 1 ? [1000, 1000, 1000] : [3000]);
      return rows;
    });
  }
  const footerKey = Buffer.from('0123456789abcdef').toString('base64');
  const secrets = { parquet: { footerKey, columnKeys: [] } };

  test('with page indexes and Bloom filters', async () => {
    expect(await rowsOf('indexed', {})).toEqual(await rowsOf('plain', {}));
  });

  // pyarrow's signed footers name the wrong algorithm where pages are AES_GCM_CTR_V1: it cannot read them either
  test.each([
    'AES_GCM_V1-sealed-1.0',
    'AES_GCM_V1-sealed-2.0',
    'AES_GCM_V1-signed-1.0',
    'AES_GCM_V1-signed-2.0',
    'AES_GCM_CTR_V1-sealed-1.0',
    'AES_GCM_CTR_V1-sealed-2.0',
  ])('encrypted: %s', async (name) => {
    const plain = await rowsOf('plain', {});
    expect(await rowsOf(name, secrets)).toEqual(plain);
    expect(await rowsOf(name, secrets, 1e9)).toEqual(plain);
  });

  test.each(['columns-sealed', 'columns-signed'])('encrypted with keys for columns: %s', async (name) => {
    const { footer, ...own } = columnKeys[name]!;
    const keys = {
      footerKey: footer!,
      columnKeys: Object.entries(own).map(([column, key]) => ({ columns: [column], key })),
    };
    expect(await rowsOf(name, { parquet: keys })).toEqual(await rowsOf('plain', {}));
    const some = { ...keys, columnKeys: keys.columnKeys.filter(({ columns }) => columns[0] !== 'price') };
    await expect(rowsOf(name, { parquet: some })).rejects.toMatchObject({
      code: 'InvalidOption',
      message: expect.stringContaining('the column "price" is encrypted with a key of its own'),
    });
  });

  test('but not with an AAD prefix that the file does not tell', async () => {
    await expect(rowsOf('prefix', secrets)).rejects.toMatchObject({ code: 'Unsupported' });
  });
});
