import { describe, expect, test } from '@jest/globals';
import type { Format } from '../../../activities/formats/format.ts';
import { TransferError } from '../../../activities/failures.ts';
import type { FormatOptions } from '../../../workflows/contract/formats.ts';
import {
  chunkDirectory,
  describeSource,
  MemoryReader,
  readAll,
  withWorkbench,
  writeObject,
} from '../../support/files.ts';

/** Rows that are hard to keep: NULL beside '', quotes, newlines, commas, spaces, not ASCII, extreme numbers. */
const SAMPLE = `SELECT
    i::BIGINT AS id,
    CASE i % 7 WHEN 0 THEN NULL WHEN 1 THEN '' WHEN 2 THEN 'a "b", c' WHEN 3 THEN ' x ' WHEN 4 THEN 'été ✓ ' || i
      ELSE 'plain ' || i END AS "Some, ""text""",
    CASE WHEN i % 5 > 0 THEN i * 1.25 - 17 END::DOUBLE AS amount,
    i % 2 = 0 AS flag,
    DATE '2000-01-01' + i::INTEGER AS day,
    TIMESTAMP '2001-02-03 04:05:06.789' + INTERVAL (i) SECOND AS at,
    9223372036854775807 - i AS large
  FROM range(#FROM, #TO) AS numbers(i)`;

const slice = (from: number, to: number): string =>
  SAMPLE.replace('#FROM', String(from)).replace('#TO', String(to));

export interface FormatCase {
  format: Format;
  /** Of source and target alike; absent = the defaults. */
  options?: FormatOptions;
  /** False where an object is always one chunk. */
  canBeCut?: boolean;
  /** Bytes that no reader of the format can make sense of, by what is wrong with them. */
  hostile: Record<string, Buffer>;
  /** Reads of the object that fetching one chunk may take. */
  readsPerChunk: number;
  /** Columns that come back as text, because the format has no type for them. */
  asText?: readonly string[];
  /** Without rows nothing names the columns: such an object is no source. */
  namesColumnsInRows?: boolean;
}

/** What every format must do, whatever its bytes look like. */
export function formatContract(given: FormatCase): void {
  const { format, options = {}, canBeCut = true, hostile, readsPerChunk } = given;
  const { asText = [], namesColumnsInRows = false } = given;
  const cast = asText.map((column) => `"${column}"::VARCHAR AS "${column}"`).join(', ');
  const comingBack = (query: string): string =>
    cast === '' ? query : `SELECT * REPLACE (${cast}) FROM (${query})`;
  const title = Object.keys(options).length === 0 ? format.name : JSON.stringify(options);
  describe(`format contract of ${title}`, () => {
    test.each([
      { chunks: 1, rows: 300 },
      { chunks: 3, rows: 300 },
      { chunks: 7, rows: 10 },
    ])('$rows rows written in $chunks chunks come back equal and in order', async ({ chunks, rows }) => {
      await withWorkbench(async (bench) => {
        const bounds = Array.from({ length: chunks + 1 }, (_, index) => Math.round((index * rows) / chunks));
        const queries = bounds.slice(1).map((to, index) => slice(bounds[index]!, to));
        const { object } = await writeObject(format, queries, bench, { options });
        const expected = (await bench.engine.query(comingBack(slice(0, rows)))).map((row) =>
          Object.values(row),
        );
        for (const chunkBytes of [600, 5_000, 1e9]) {
          const read = await readAll(format, new MemoryReader(object, { piece: 333 }), bench, {
            chunkBytes,
            options,
          });
          expect(read.rows).toEqual(expected);
          expect(read.counts.reduce((sum, count) => sum + count, 0)).toBe(rows);
          if (chunkBytes === 1e9) expect(read.counts).toHaveLength(1);
        }
      });
    });

    test('a data set without rows keeps its columns and is one chunk', async () => {
      await withWorkbench(async (bench) => {
        const { object } = await writeObject(format, [slice(0, 0)], bench, { options });
        if (namesColumnsInRows) {
          const read = readAll(format, new MemoryReader(object), bench, { options });
          await expect(read).rejects.toMatchObject({ class: 'fatal' });
          return;
        }
        const { description, rows, counts } = await readAll(format, new MemoryReader(object), bench, {
          options,
        });
        expect(rows).toEqual([]);
        expect(counts).toEqual([0]);
        expect(description.columns.map(({ name }) => name)).toEqual([
          'id',
          'Some, "text"',
          'amount',
          'flag',
          'day',
          'at',
          'large',
        ]);
      });
    });

    test('chunks without rows between others do no harm', async () => {
      await withWorkbench(async (bench) => {
        const queries = [slice(0, 0), slice(0, 20), slice(0, 0), slice(20, 30), slice(0, 0)];
        const { object, chunks } = await writeObject(format, queries, bench, { options });
        const { rows } = await readAll(format, new MemoryReader(object), bench, { options });
        expect(rows.map(([id]) => Number(id))).toEqual(Array.from({ length: 30 }, (_, i) => i));
        if (format.rowsInTrailer !== undefined) {
          expect(chunks.map(({ trailer }) => format.rowsInTrailer?.(trailer))).toEqual([0, 20, 0, 10, 0]);
        }
      });
    });

    test('the same rows give the same bytes', async () => {
      const [first, second] = await Promise.all(
        [1, 2].map(() =>
          withWorkbench((bench) => writeObject(format, [slice(0, 300), slice(300, 400)], bench, { options })),
        ),
      );
      expect(first!.object.equals(second!.object)).toBe(true);
    });

    test('there are never more chunks than asked for', async () => {
      await withWorkbench(async (bench) => {
        const queries = Array.from({ length: 12 }, (_, index) => slice(index * 10, index * 10 + 10));
        const { object } = await writeObject(format, queries, bench, { options });
        const read = await readAll(format, new MemoryReader(object), bench, {
          ...{ chunkBytes: 1, maxChunks: 5 },
          options,
        });
        expect(read.counts.length).toBeLessThanOrEqual(5);
        expect(read.counts.length).toBeGreaterThan(canBeCut ? 1 : 0);
        expect(read.rows).toHaveLength(120);
      });
    });

    test(`a chunk takes at most ${readsPerChunk} read(s), and its bytes are reported`, async () => {
      await withWorkbench(async (bench) => {
        const { object } = await writeObject(format, [slice(0, 5000), slice(5000, 10_000)], bench, {
          options,
        });
        const reader = new MemoryReader(object);
        const description = await describeSource(format, reader, bench, {
          chunkBytes: object.length / 3,
          options,
        });
        const source = { location: reader.location, ...description };
        for (let index = 0; index < description.cuts.length - 1; index++) {
          const before = { reads: reader.reads, bytes: reader.bytesRead };
          const { bytesRead } = await format.fetch(reader, source, index, chunkDirectory(bench));
          expect(reader.reads - before.reads).toBeLessThanOrEqual(readsPerChunk);
          expect(reader.bytesRead - before.bytes).toBe(bytesRead);
        }
      });
    });

    test.each(Object.entries(hostile))(
      '%s is refused with a fatal error that names the object',
      async (_, bytes) => {
        await withWorkbench(async (bench) => {
          const error: unknown = await readAll(format, new MemoryReader(bytes), bench, { options }).catch(
            (cause: unknown) => cause,
          );
          expect(error).toBeInstanceOf(TransferError);
          expect(error).toMatchObject({
            class: 'fatal',
            message: expect.stringContaining('s3://bucket/key'),
          });
        });
      },
    );
  });
}
