import { describe, expect, test } from '@jest/globals';
import { describeAt, verifyAt } from '../../activities/batch/full/rows.ts';
import { pieceWorks } from '../../activities/batch/plan.ts';
import { checksumsOf } from '../../activities/engine/checksums.ts';
import type { FormatSecrets } from '../../activities/formats/format.ts';
import { formatNamed } from '../../activities/registry.ts';
import type { ObjectStore } from '../../activities/stores/object-store.ts';
import type { VerifiedSlice } from '../../workflows/contract/receipt.ts';
import type { FormatOptions } from '../../workflows/contract/formats.ts';
import {
  chunkDirectory,
  MemoryReader,
  withWorkbench,
  writeObject,
  type Workbench,
} from '../support/files.ts';
import { encryption, writeEncrypted } from '../support/parquet-encryption.ts';

const SETTINGS = { engineMemory: 512e6, chunkBytes: 64 * 2 ** 20 };
const COLUMNS = [
  { name: 'at', type: 'TIMESTAMP' },
  { name: 'list', type: 'TIMESTAMP[]' },
];
const rows = (at: string): string => `SELECT TIMESTAMP '${at}' AS at, [TIMESTAMP '${at}'] AS list`;
const NEAR = rows('2024-02-29 10:00:00.1235');
const FAR = rows('9999-12-31 23:59:59');

interface Published {
  format: string;
  objects: readonly Buffer[];
  options?: FormatOptions;
  secrets?: FormatSecrets;
}

/** What `verify: full` finds in published objects. */
async function found(
  { format, objects, options = {}, secrets = {} }: Published,
  bench: Workbench,
): Promise<VerifiedSlice[]> {
  const location = (key: string): string => `s3://bucket/${key}`;
  const open = ({ key }: { key: string }): MemoryReader => new MemoryReader(objects[Number(key)]!);
  const store = { location, open } as unknown as ObjectStore;
  const known = { format, secrets, columns: COLUMNS };
  const listed = objects.map(({ length }, key) => ({ key: String(key), etag: 'e', bytes: length }));
  const job = { ...known, options, objects: listed };
  const planned = await describeAt(store, chunkDirectory(bench), job, SETTINGS);
  return Promise.all(
    planned.chunks.map((_, chunk) => {
      const pieces = pieceWorks(planned, chunk, location);
      return verifyAt(store, chunkDirectory(bench), { ...known, chunk, pieces }, SETTINGS);
    }),
  );
}

const written = (format: string, query: string, { engine }: Workbench): Promise<string[]> =>
  checksumsOf(
    engine,
    `(${query})`,
    COLUMNS.map((column) => formatNamed(format).compared(column, 'rows')),
  );

describe('published objects, read back', () => {
  // ORC's timestamps are read in nanoseconds where those hold all of an object's values
  test.each([
    ['orc', [NEAR, FAR]],
    ['orc', [FAR, NEAR]],
    ['parquet', [NEAR, FAR]],
    ['json', [NEAR, FAR]],
  ] as const)(
    '%s: several are what was written, whatever their values are read as',
    async (format, queries) => {
      await withWorkbench(async (bench) => {
        const objects: Buffer[] = [];
        for (const query of queries) {
          const own = { ...bench, directory: chunkDirectory(bench) };
          objects.push((await writeObject(formatNamed(format), [query], own)).object);
        }
        const sums = await written(format, queries.join(' UNION ALL '), bench);
        expect(await found({ format, objects }, bench)).toEqual([{ rows: 2, sums }]);
      });
    },
  );

  // a source's records are limited to half of that
  test.each([{}, { layout: 'array' }, { compression: 'gzip' }] as const)(
    'JSON %j: records as long as they may be written',
    async (json) => {
      const long = `SELECT TIMESTAMP '2024-01-01' AS at, repeat('y', 31 * 1024 * 1024) AS list`;
      await withWorkbench(async (bench) => {
        const options = { json };
        const own = { ...bench, directory: chunkDirectory(bench) };
        const queries = [long, long.replace(/\d+ \* 1024/, '1')];
        const objects = [(await writeObject(formatNamed('json'), queries, own, { options })).object];
        const sums = await written('json', queries.join(' UNION ALL '), bench);
        expect(await found({ format: 'json', objects, options }, bench)).toEqual([{ rows: 2, sums }]);
      });
    },
  );

  test('longer ones are refused before they are published', async () => {
    const long = `SELECT repeat('y', 33 * 1024 * 1024) AS text`;
    await withWorkbench(async (bench) => {
      await expect(writeObject(formatNamed('json'), ['SELECT 1 AS a', long], bench)).rejects.toMatchObject({
        code: 'Unsupported',
        message: expect.stringContaining('more than 33554432 bytes as JSON'),
      });
    });
  });

  test('encrypted Parquet takes the keys', async () => {
    const key = (byte: number): string => Buffer.alloc(16, byte).toString('base64');
    const keys = { footerKey: key(1), columnKeys: [{ columns: ['list'], key: key(2) }] };
    const options = { parquet: { encryption: encryption() } };
    const objects = [await writeEncrypted(NEAR, keys)];
    await withWorkbench(async (bench) => {
      const published = { format: 'parquet', objects, options };
      const sums = await written('parquet', NEAR, bench);
      expect(await found({ ...published, secrets: { parquet: keys } }, bench)).toEqual([{ rows: 1, sums }]);
      await expect(found(published, bench)).rejects.toMatchObject({
        code: 'VerificationFailed',
        message: expect.stringContaining('s3://bucket/0 cannot be read back as it was written'),
      });
    });
  });
});
