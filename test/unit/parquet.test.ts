import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { TransferError } from '../../activities/failures.ts';
import { footerBytes } from '../../activities/formats/parquet/footer.ts';
import { moveRowGroup, rowGroups, withRowGroups } from '../../activities/formats/parquet/metadata.ts';
import { parquet } from '../../activities/formats/parquet/parquet.ts';
import { decodeStruct, TYPE } from '../../activities/formats/parquet/thrift.ts';
import type { Struct } from '../../activities/formats/parquet/thrift.ts';
import {
  chunkDirectory,
  describeSource,
  MemoryReader,
  readAll,
  withWorkbench,
  writeObject,
} from '../support/files.ts';
import { runs } from '../support/runs.ts';

/** Written by pyarrow: 40 rows in 5 row groups, with nested columns, page indexes and Arrow's own schema. */
const FOREIGN = readFileSync(new URL('../contracts/format/fixtures/pyarrow.parquet', import.meta.url));

const rowsBetween = (from: number, to: number): string =>
  `SELECT i AS id, 'row ' || i AS name, [i, NULL, i + 1] AS list, {'a': i, 'b': [i::VARCHAR]} AS struct,
     MAP {'k': i} AS map, (i / 7)::DECIMAL(12, 2) AS price FROM range(${from}, ${to}) AS numbers(i)`;

const footerOf = (object: Buffer): Buffer =>
  object.subarray(object.length - 8 - object.readUInt32LE(object.length - 8), -8);

describe('stitching', () => {
  test.each([
    { order: [0, 1, 2, 3], padding: 0 },
    { order: [3, 1, 0, 2], padding: 0 },
    { order: [2, 3, 1, 0], padding: 1000 },
  ])(
    'bodies in the order $order with $padding bytes between are one table in row order',
    async ({ order, padding }) => {
      await withWorkbench(async (bench) => {
        const queries = [
          rowsBetween(0, 300),
          rowsBetween(300, 301),
          rowsBetween(301, 301),
          rowsBetween(301, 500),
        ];
        const { object } = await writeObject(parquet, queries, bench, { order, padding });
        expect(object.toString('latin1', 0, 4)).toBe('PAR1');
        const expected = await bench.engine.query(rowsBetween(0, 500));
        for (const chunkBytes of [1, 1e9]) {
          const { rows } = await readAll(parquet, new MemoryReader(object), bench, { chunkBytes });
          expect(rows).toEqual(expected.map((row) => Object.values(row)));
        }
      });
    },
  );

  test('Bloom filters are found where they have come to lie', async () => {
    await withWorkbench(async (bench) => {
      // few distinct values: the engine writes a dictionary, and a Bloom filter for it
      const few = (from: number): string =>
        `SELECT 'value ' || (i % 50 + ${from}) AS s FROM range(20000) AS numbers(i)`;
      const { object } = await writeObject(parquet, [few(0), few(100)], bench, {
        order: [1, 0],
        padding: 17,
      });
      const offsets = rowGroups(decodeStruct(footerOf(object))).map((group) => {
        const columns = group.get(1)?.value as {
          items: Map<number, { value: Map<number, { value: bigint }> }>[];
        };
        return Number(columns.items[0]?.get(3)?.value.get(14)?.value);
      });
      expect(offsets[0]).toBeGreaterThan(offsets[1]!);
      // a Bloom filter begins with its length, a small i32 in field 1
      for (const offset of offsets) expect(object[offset]).toBe(0x15);
    });
  });

  test('another schema is refused', async () => {
    await withWorkbench(async (bench) => {
      await expect(writeObject(parquet, ['SELECT 1 AS a', "SELECT 'x' AS a"], bench)).rejects.toMatchObject({
        code: 'VerificationFailed',
        message: 'chunk 1 was written with another schema than chunk 0',
      });
    });
  });
});

describe('reading', () => {
  test('a foreign file, cut anyhow: same rows, nested ones too', async () => {
    await withWorkbench(async (bench) => {
      const whole = await readAll(parquet, new MemoryReader(FOREIGN), bench);
      expect(whole.rows).toHaveLength(40);
      expect(whole.rows.map(([id]) => id)).toEqual(Array.from({ length: 40 }, (_, i) => i));
      expect(whole.description).toMatchObject({
        cuts: [0, 5],
        rows: 40,
        details: { compression: 'snappy', rowGroups: '5', createdBy: expect.stringContaining('parquet-cpp') },
      });
      expect(whole.description.columns.map(({ name, type, nullable }) => [name, type, nullable])).toEqual([
        ['id', 'INTEGER', true],
        ['name', 'VARCHAR', true],
        ['tags', 'VARCHAR[]', true],
        ['point', 'STRUCT(x DOUBLE, y SMALLINT)', true],
        ['map', 'MAP(VARCHAR, BIGINT)', true],
        ['price', 'DECIMAL(12,2)', true],
        ['at', 'TIMESTAMP WITH TIME ZONE', true],
        ['needed', 'BOOLEAN', false],
      ]);
      const cut = await readAll(parquet, new MemoryReader(FOREIGN, { piece: 10 }), bench, { chunkBytes: 1 });
      expect(cut.counts).toEqual([9, 9, 9, 9, 4]);
      expect(cut.rows).toEqual(whole.rows);
    });
  });

  test('page indexes, which lie elsewhere, are not referred to by a chunk', async () => {
    await withWorkbench(async (bench) => {
      const reader = new MemoryReader(FOREIGN);
      const source = { location: reader.location, ...(await describeSource(parquet, reader, bench)) };
      await parquet.fetch(reader, source, 0, bench.directory);
      const local = readFileSync(join(bench.directory, 'chunk.parquet'));
      const fieldsOf = (file: Buffer): number[] =>
        rowGroups(decodeStruct(footerOf(file))).flatMap((group) => {
          const columns = group.get(1)!.value as { items: Map<number, unknown>[] };
          return columns.items.flatMap((column) => [...column.keys()]);
        });
      const pageIndexes = [4, 5, 6, 7];
      expect(fieldsOf(FOREIGN)).toEqual(expect.arrayContaining(pageIndexes));
      expect(fieldsOf(local).filter((field) => pageIndexes.includes(field))).toEqual([]);
    });
  });

  test('a writer may put 0 for the place of a dictionary that is not there', async () => {
    await withWorkbench(async (bench) => {
      const file = decodeStruct(footerOf(FOREIGN));
      let changed = 0;
      for (const group of rowGroups(file)) {
        const columns = group.get(1)!.value as { items: Map<number, { value: Struct }>[] };
        for (const column of columns.items) {
          const metadata = column.get(3)!.value;
          if (metadata.has(11)) continue;
          metadata.set(11, { type: TYPE.i64, value: 0n });
          changed++;
        }
      }
      expect(changed).toBeGreaterThan(0);
      const object = Buffer.concat([FOREIGN.subarray(0, -footerOf(FOREIGN).length - 8), footerBytes(file)]);
      const { rows } = await readAll(parquet, new MemoryReader(object), bench, { chunkBytes: 1 });
      expect(rows).toHaveLength(40);
    });
  });

  test('columns that lose nanoseconds are named', async () => {
    await withWorkbench(async (bench) => {
      const file = decodeStruct(footerOf(FOREIGN));
      const schema = file.get(2)!.value as { items: Struct[] };
      const at = schema.items.find((element) => Buffer.from('at').equals(element.get(4)!.value as Buffer))!;
      const nanos: Struct = new Map([[3, { type: TYPE.struct, value: new Map() }]]);
      const timestamp = (utc: boolean): Struct =>
        new Map([
          [1, { type: utc ? TYPE.true : TYPE.false, value: utc }],
          [2, { type: TYPE.struct, value: nanos }],
        ]);
      at.delete(6);
      for (const [utc, conversions] of [
        [true, ['at: timestamp[ns, UTC] -> timestamp[us, UTC]']],
        [false, []],
      ] as const) {
        at.set(10, {
          type: TYPE.struct,
          value: new Map([[8, { type: TYPE.struct, value: timestamp(utc) }]]),
        });
        const object = Buffer.concat([Buffer.from('PAR1'), footerBytes(withRowGroups(file, []))]);
        const scratch = { ...bench, directory: chunkDirectory(bench) };
        const found = await describeSource(parquet, new MemoryReader(object), scratch);
        expect(found.conversions).toEqual(conversions);
      }
    });
  });

  test('the footer is read once, then every chunk is one read of its own bytes', async () => {
    await withWorkbench(async (bench) => {
      const queries = [0, 1, 2].map((index) => `SELECT random() AS r, ${index} AS i FROM range(20000)`);
      const { object } = await writeObject(parquet, queries, bench);
      const reader = new MemoryReader(object);
      const description = await describeSource(parquet, reader, bench, { chunkBytes: 1 });
      expect(reader.reads).toBe(1);
      const source = { location: reader.location, ...description };
      for (const [index, reads] of [2, 1, 1].entries()) {
        const before = reader.reads;
        const { bytesRead } = await parquet.fetch(reader, source, index, chunkDirectory(bench));
        expect(reader.reads - before).toBe(reads);
        expect(bytesRead).toBeLessThan(object.length / 2);
      }
    });
  });

  test('a footer larger than the first read is read whole', async () => {
    await withWorkbench(async (bench) => {
      const columns = Array.from({ length: 900 }, (_, index) => `i AS "a rather long column name ${index}"`);
      const { object } = await writeObject(
        parquet,
        [`SELECT ${columns.join()} FROM range(3) AS n(i)`],
        bench,
      );
      const reader = new MemoryReader(object);
      expect((await describeSource(parquet, reader, bench)).columns).toHaveLength(900);
      expect(reader.reads).toBe(2);
    });
  });

  test('what decodes to much more than its size is cut finer', async () => {
    await withWorkbench(async (bench) => {
      const constant = "SELECT repeat('x', 5000) || i AS s FROM range(200) AS n(i)";
      const { object } = await writeObject(parquet, [constant, constant, constant], bench);
      const groups = rowGroups(decodeStruct(footerOf(object)));
      const decoded = groups.reduce((sum, group) => sum + Number(group.get(2)?.value), 0);
      expect(decoded).toBeGreaterThan(8 * object.length);
      for (const [chunkBytes, chunks] of [
        [1e9, 1],
        [object.length, 3],
      ] as const) {
        const { cuts } = await describeSource(parquet, new MemoryReader(object), bench, { chunkBytes });
        expect(cuts).toHaveLength(chunks + 1);
      }
    });
  });

  test('a source that has changed since the plan is noticed', async () => {
    await withWorkbench(async (bench) => {
      const [planned, present] = await Promise.all(
        [0, 1].map((from) =>
          withWorkbench((other) => writeObject(parquet, [rowsBetween(from, from + 10)], other)),
        ),
      );
      const source = {
        location: 's3://bucket/key',
        ...(await describeSource(parquet, new MemoryReader(planned!.object), bench)),
      };
      await expect(
        parquet.fetch(new MemoryReader(present!.object), source, 0, bench.directory),
      ).rejects.toMatchObject({
        code: 'SourceChanged',
      });
    });
  });
});

describe('bad files', () => {
  const refusal = (bytes: Buffer): Promise<unknown> =>
    withWorkbench((bench) =>
      readAll(parquet, new MemoryReader(bytes), bench).catch((error: unknown) => error),
    );

  test('an encrypted file without keys is refused by name', async () => {
    const encrypted = Buffer.concat([Buffer.from('PARE'), Buffer.alloc(20), Buffer.from('PARE')]);
    expect(await refusal(encrypted)).toMatchObject({
      code: 'InvalidOption',
      message:
        's3://bucket/key is an encrypted Parquet file: give its keys in spec.source.s3.parquet.encryption',
    });
  });

  test('a _metadata file that refers to others is refused', async () => {
    const file = decodeStruct(footerOf(FOREIGN));
    const columns = rowGroups(file)[0]!.get(1)!.value as { items: Map<number, unknown>[] };
    columns.items[0]!.set(1, { type: TYPE.binary, value: Buffer.from('part-0.parquet') });
    expect(await refusal(Buffer.concat([Buffer.from('PAR1'), footerBytes(file)]))).toMatchObject({
      code: 'Unsupported',
      message: expect.stringContaining('keeps its columns in other files'),
    });
  });

  test('a cut-off file is refused', async () => {
    expect(await refusal(FOREIGN.subarray(0, FOREIGN.length - 100))).toMatchObject({
      code: 'MalformedData',
      message: expect.stringContaining('does not end with PAR1'),
    });
  });

  test('a footer that places data outside of the file is refused', async () => {
    const file = decodeStruct(footerOf(FOREIGN));
    const moved = withRowGroups(
      file,
      rowGroups(file).map((group) => moveRowGroup(group, () => 1_000_000)),
    );
    expect(
      await refusal(Buffer.concat([FOREIGN.subarray(0, -footerOf(FOREIGN).length - 8), footerBytes(moved)])),
    ).toMatchObject({
      code: 'MalformedData',
      message: expect.stringContaining(
        'the Parquet footer of s3://bucket/key is corrupt: it places data at bytes',
      ),
    });
  });

  test('row counts that contradict each other are refused', async () => {
    const file = decodeStruct(footerOf(FOREIGN)).set(3, { type: TYPE.i64, value: 41n });
    expect(await refusal(Buffer.concat([FOREIGN.subarray(0, 4), footerBytes(file)]))).toMatchObject({
      code: 'MalformedData',
      message:
        'the Parquet footer of s3://bucket/key is corrupt: it says 41 rows, but its row groups have 40',
    });
  });

  test('a footer without row groups’ fields is refused', async () => {
    for (const field of [1, 3]) {
      const file = decodeStruct(footerOf(FOREIGN));
      rowGroups(file)[2]!.delete(field);
      expect(await refusal(Buffer.concat([FOREIGN.subarray(0, 4), footerBytes(file)]))).toMatchObject({
        code: 'MalformedData',
        message: expect.stringContaining('the Parquet footer of s3://bucket/key is corrupt: field'),
      });
    }
  });

  test('columns that differ in case only are refused', async () => {
    const twice = Buffer.from(FOREIGN.toString('latin1').replaceAll('\u0004name', '\u0004TAGS'), 'latin1');
    expect(await refusal(twice)).toMatchObject({
      code: 'Unsupported',
      message: expect.stringMatching(/column \d \("(TAGS|tags)"\) has the name of another column/),
    });
  });

  test('damaged pages are the file’s fault', async () => {
    await withWorkbench(async (bench) => {
      const damaged = Buffer.from(FOREIGN);
      damaged.fill(0xff, 4, 400);
      const reader = new MemoryReader(damaged);
      const source = { location: reader.location, ...(await describeSource(parquet, reader, bench)) };
      const { relation } = await parquet.fetch(reader, source, 0, bench.directory);
      const error = await bench.engine.query(`SELECT * FROM ${relation}`).catch((cause: unknown) => cause);
      expect(error).toBeInstanceOf(Error);
      expect(await parquet.diagnose(error as Error, source, 0, bench.directory, bench.engine)).toMatchObject({
        code: 'MalformedData',
        message: 's3://bucket/key: row groups 0 to 4 cannot be read; the file is corrupt',
      });
    });
  });

  test('a chunk that can be read is not blamed', async () => {
    await withWorkbench(async (bench) => {
      const reader = new MemoryReader(FOREIGN);
      const source = { location: reader.location, ...(await describeSource(parquet, reader, bench)) };
      await parquet.fetch(reader, source, 0, bench.directory);
      const blamed = await parquet.diagnose(
        new Error('out of memory'),
        source,
        0,
        bench.directory,
        bench.engine,
      );
      expect(blamed).toBeUndefined();
    });
  });

  test('a footer with a wrong byte is read or refused, never anything else', async () => {
    const start = FOREIGN.length - 8 - footerOf(FOREIGN).length;
    const position = fc.integer({ min: start, max: FOREIGN.length - 1 });
    await withWorkbench((bench) =>
      fc.assert(
        fc.asyncProperty(position, fc.integer({ min: 1, max: 255 }), async (at, change) => {
          const damaged = Buffer.from(FOREIGN);
          damaged[at] = damaged[at]! ^ change;
          const reader = new MemoryReader(damaged);
          const scratch = { ...bench, directory: chunkDirectory(bench) };
          try {
            const source = {
              location: reader.location,
              ...(await describeSource(parquet, reader, scratch, { chunkBytes: 1 })),
            };
            for (let index = 0; index < source.cuts.length - 1; index++) {
              await parquet.fetch(reader, source, index, scratch.directory);
            }
          } catch (error) {
            expect(error).toBeInstanceOf(TransferError);
          }
        }),
        { numRuns: runs(200) },
      ),
    );
  });
});
