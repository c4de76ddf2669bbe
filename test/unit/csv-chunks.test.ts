import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { evenCuts } from '../../activities/formats/bytes.ts';
import { csv } from '../../activities/formats/csv/csv.ts';
import { TransferError } from '../../activities/failures.ts';
import type { PlanHints } from '../../workflows/contract.ts';
import { chunkDirectory, describeSource, MemoryReader, readAll, withWorkbench } from '../support/files.ts';
import type { Workbench } from '../support/files.ts';
import { replanning } from '../support/replan.ts';
import { runs } from '../support/runs.ts';

const readReplanning = (text: string, bench: Workbench, chunkBytes: number) =>
  replanning((hints) => readAll(csv, new MemoryReader(text, { piece: 7 }), bench, { chunkBytes, hints }));

const failure = (text: string, chunkBytes: number, hints: PlanHints = {}): Promise<unknown> =>
  withWorkbench((bench) =>
    readAll(csv, new MemoryReader(text), bench, { chunkBytes, hints }).then(
      () => undefined,
      (error: unknown) => error,
    ),
  );

const lines = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => `${line(index)}\n`).join('');

describe('cuts', () => {
  test('without newlines in quotes the first plan holds, whatever the cuts', async () => {
    const text = `id,name\n${lines(20, (i) => `${i},n${'x'.repeat(i % 9)}`)}`;
    await withWorkbench(async (bench) => {
      for (const chunkBytes of [1, 5, 13, 64, 1000]) {
        const { rows, plans } = await readReplanning(text, bench, chunkBytes);
        expect(plans).toEqual([]);
        expect(rows.map(([id]) => Number(id))).toEqual(Array.from({ length: 20 }, (_, i) => i));
      }
    });
  });

  test('a cut inside quotes is found out, and exact cuts put it right', async () => {
    const text = `id,note\n${lines(30, (i) => `${i},"one, ""1""\ntwo,2\r\nthree,3"`)}`;
    await withWorkbench(async (bench) => {
      const { rows, plans, counts, description } = await readReplanning(text, bench, 100);
      expect(plans).toEqual(['CutInsideQuotes']);
      expect(rows).toEqual(Array.from({ length: 30 }, (_, i) => [BigInt(i), 'one, "1"\ntwo,2\r\nthree,3']));
      expect(counts.length).toBeGreaterThan(5);
      expect(description.rows).toBe(30);
    });
  });

  test('records and cuts of any size: every row once, in order', async () => {
    const value = fc.oneof(
      fc.constantFrom('', 'a', '""', '"\n"', '"x,\n\ny"', '"q""q"', '5" pipe', 'z'.repeat(40)),
      fc.constantFrom('"a,b\nc,d\ne,f"', '"\r\n""\n"'),
    );
    const record = fc.tuple(fc.nat(99), value).map(([id, text]) => `${id},${text}`);
    const file = fc.tuple(fc.array(record, { maxLength: 25 }), fc.constantFrom('\n', '\r\n'), fc.boolean());
    await withWorkbench((bench) =>
      fc.assert(
        fc.asyncProperty(
          file,
          fc.integer({ min: 1, max: 120 }),
          async ([records, newline, final], chunkBytes) => {
            const text = ['id,text', ...records].join(newline) + (final ? newline : '');
            const whole = await readAll(csv, new MemoryReader(text), bench, { chunkBytes: 1e9 });
            const cut = await readReplanning(text, bench, chunkBytes);
            expect(whole.rows).toHaveLength(records.length);
            expect(cut.rows).toEqual(whole.rows);
            expect(cut.counts.reduce((sum, count) => sum + count, 0)).toBe(records.length);
          },
        ),
        { numRuns: runs(60) },
      ),
    );
  });

  test('mixed line ends, and more bytes than the engine reads at once', async () => {
    const note = (i: number): string => (i % 3 > 0 ? `"q ""${i}"" \nx, y"` : i % 5 > 0 ? '' : 'plain');
    const text = `id,note\n${lines(500_000, (i) => `${i},${note(i)}${i % 1000 === 0 ? '\r' : ''}`)}`;
    await withWorkbench(async (bench) => {
      const reader = new MemoryReader(text);
      const plan = await describeSource(csv, reader, bench);
      const { relation, rows } = await csv.fetch(
        reader,
        { location: reader.location, ...plan },
        0,
        bench.directory,
      );
      const counted = await bench.engine.query(
        `SELECT count(*)::INTEGER AS n, sum(id)::BIGINT AS sum FROM ${relation}`,
      );
      expect(counted).toEqual([{ n: 500_000, sum: 124_999_750_000n }]);
      expect(rows).toBe(500_000);
    });
  });

  test('a record longer than chunks leaves chunks without records', async () => {
    const text = `a,b\n1,${'x'.repeat(300)}\n2,y\n`;
    await withWorkbench(async (bench) => {
      for (const exactCuts of [false, true]) {
        const options = { chunkBytes: 40, hints: { exactCuts } };
        const { counts, rows } = await readAll(csv, new MemoryReader(text), bench, options);
        expect(rows).toEqual([
          [1n, 'x'.repeat(300)],
          [2n, 'y'],
        ]);
        expect(counts).toEqual([1, 0, 0, 0, 0, 0, 0, 1]);
      }
    });
  });

  test('a chunk is one read of itself and at most 64 KiB; with exact cuts of itself only', async () => {
    const text = `a,b\n${lines(60_000, (i) => `${i},value`)}`;
    await withWorkbench(async (bench) => {
      for (const exactCuts of [false, true]) {
        const reader = new MemoryReader(text);
        const plan = await describeSource(csv, reader, bench, { chunkBytes: 200_000, hints: { exactCuts } });
        const source = { location: reader.location, ...plan };
        for (let index = 0; index < plan.cuts.length - 1; index++) {
          const before = reader.reads;
          const { bytesRead } = await csv.fetch(reader, source, index, chunkDirectory(bench));
          expect(reader.reads - before).toBe(1);
          expect(bytesRead - (plan.cuts[index + 1]! - plan.cuts[index]!)).toBeLessThanOrEqual(
            exactCuts ? 0 : 65_537,
          );
        }
      }
    });
  });

  test('the line after a cut is looked for beyond 64 KiB, in steps that grow', async () => {
    const text = `a,b\n1,${'x'.repeat(2_000_000)}\n2,y\n`;
    await withWorkbench(async (bench) => {
      const reader = new MemoryReader(text);
      const plan = await describeSource(csv, reader, bench, { chunkBytes: 1000, maxChunks: 30 });
      const source = { location: reader.location, ...plan };
      const before = reader.reads;
      const { rows } = await csv.fetch(reader, source, 0, bench.directory);
      expect(rows).toBe(1);
      expect(reader.reads - before).toBe(5);
    });
  });

  test('a byte order mark is passed over before the header and kept in values', async () => {
    await withWorkbench(async (bench) => {
      const reader = new MemoryReader('\uFEFFa,b\n\uFEFFx,1\n');
      const plan = await describeSource(csv, reader, bench);
      expect(plan.columns.map(({ name }) => name)).toEqual(['a', 'b']);
      const { relation } = await csv.fetch(
        reader,
        { location: reader.location, ...plan },
        0,
        bench.directory,
      );
      expect(await bench.engine.query(`SELECT hex(a) AS hex FROM ${relation}`)).toEqual([
        { hex: 'EFBBBF78' },
      ]);
    });
  });
});

describe('types', () => {
  test('come from all over a large object', async () => {
    // the last sample is the object's end
    const text = `a,b,c\n${lines(300_000, (i) => `${i},${i < 150_000 ? i : i + 0.5},${i < 299_000 ? i : 'x'}`)}`;
    await withWorkbench(async (bench) => {
      const { columns } = await describeSource(csv, new MemoryReader(text), bench);
      expect(columns.map(({ type }) => type)).toEqual(['BIGINT', 'DOUBLE', 'VARCHAR']);
    });
  });

  test('a sample that may begin inside a quoted value says nothing', async () => {
    // wherever a sample begins, `x, y",1.5` looks like a record of three values
    const text = `id,note,n\n${lines(80_000, (i) => `${i},"q ""${i}"" \nx, y",${i}.5`)}`;
    await withWorkbench(async (bench) => {
      const { columns } = await describeSource(csv, new MemoryReader(text), bench);
      expect(columns.map(({ type }) => type)).toEqual(['BIGINT', 'VARCHAR', 'DOUBLE']);
    });
  });

  test('a value that contradicts its column asks for the type that holds all of the chunk', async () => {
    const late = (value: string): string =>
      `n,s\n${lines(200_000, (i) => `${i},abcdef`)}${value},x\n${lines(30_000, (i) => `${i},abcdef`)}`;
    for (const [value, type] of [
      ['1.5', 'DOUBLE'],
      ['007', 'VARCHAR'],
      ['""', 'VARCHAR'],
    ] as const) {
      expect(await failure(late(value), 1e9)).toMatchObject({
        code: 'TypeContradicted',
        hints: { widen: { n: type } },
        message: expect.stringContaining('column "n" was taken for BIGINT, but line 200002'),
      });
    }
  });

  test('all contradicted columns of a chunk are named at once, and the values are not', async () => {
    const text = `a,b,c\n1,2024-01-01,true\n${lines(130_000, (i) => `${i},2024-01-01,false`)}secret-1,2024-01-01 10:00:00,secret-2\n`;
    const error = await failure(`${text}${lines(80_000, (i) => `${i},2024-01-01,false`)}`, 1e9);
    expect(error).toMatchObject({
      code: 'TypeContradicted',
      hints: { widen: { a: 'VARCHAR', b: 'TIMESTAMP', c: 'VARCHAR' } },
    });
    expect((error as Error).message).not.toContain('secret');
  });

  test('where quotes show that the cut was right, the types are to blame at once', async () => {
    const text = `n,s\n${lines(120_000, (i) => `${i},"a b"`)}0.5,"c d"\n`;
    expect(await failure(text, 500_000)).toMatchObject({
      code: 'TypeContradicted',
      hints: { widen: { n: 'DOUBLE' } },
    });
  });

  test('in a chunk that may begin inside a quoted value the cut is doubted, not the types', async () => {
    // after a cut inside quotes, `x, y",1.5` looks like a record of three values
    const text = `id,note,n\n${lines(2000, (i) => `${i},"q ""${i}"" \nx, y",${i}.5`)}`;
    const codes = new Set<string>();
    await withWorkbench(async (bench) => {
      const reader = new MemoryReader(text);
      const plan = await describeSource(csv, reader, bench, { chunkBytes: 500 });
      const source = { location: reader.location, ...plan };
      for (let index = 0; index < plan.cuts.length - 1; index++) {
        const error = await csv
          .fetch(reader, source, index, bench.directory)
          .catch((cause: unknown) => cause);
        if (error instanceof TransferError) codes.add(error.code);
      }
    });
    expect([...codes]).toEqual(['CutInsideQuotes']);
  });

  test('hints widen, and columns without values are text', async () => {
    await withWorkbench(async (bench) => {
      const text = 'a,b,c\n1,,2\n3,,4\n';
      const { columns } = await describeSource(csv, new MemoryReader(text), bench, {
        hints: { widen: { a: 'DOUBLE', c: 'VARCHAR' } },
      });
      expect(columns.map(({ type }) => type)).toEqual(['DOUBLE', 'VARCHAR', 'VARCHAR']);
    });
  });

  test('text relations repeat what is written', async () => {
    await withWorkbench(async (bench) => {
      const { rows } = await readAll(csv, new MemoryReader('a,b\n1.50,""\n2,\n'), bench, { as: 'text' });
      expect(rows).toEqual([
        ['1.50', ''],
        ['2', null],
      ]);
    });
  });
});

describe('messages', () => {
  test.each([
    ['', 's3://bucket/key is empty (0 bytes): a CSV object needs at least a header line'],
    ['a,b\n1,2\n3,4,5\n', 's3://bucket/key line 3: expected 2 fields, found 3'],
    ['a,"b\nc"\n1,2\n3\n', 's3://bucket/key line 4: expected 2 fields, found 1'],
    ['a,b\n1,"2" x\n', 's3://bucket/key line 2: a double quote must'],
    [
      'a,b\n1,"2\n3,4\n',
      's3://bucket/key line 2: the record that begins here has a double quote that is never closed',
    ],
    ['a,,c\n1,2,3\n', 's3://bucket/key: column 2 of 3 has an empty name'],
    ['\na,b\n', 's3://bucket/key: column 1 of 1 has an empty name'],
    ['id,Name,NAME\n1,2,3\n', 'columns 2 ("Name") and 3 ("NAME") have the same name'],
    ['a,b"c\n1,2\n', 'line 1: a double quote in the header'],
  ])('%j', async (text, message) => {
    expect(await failure(text, 1e9)).toMatchObject({
      code: 'MalformedData',
      message: expect.stringContaining(message),
    });
  });

  test('a ragged row far down has its absolute line once the cuts are exact', async () => {
    const text = `a,b\n${lines(400_000, (i) => `${i},"x\ny"`)}1,2,3\n${lines(100_000, (i) => `${i},z`)}`;
    const chunkBytes = 1_000_000;
    expect(await failure(text, chunkBytes)).toMatchObject({ class: 'replan', hints: { exactCuts: true } });
    expect(await failure(text, chunkBytes, { exactCuts: true })).toMatchObject({
      code: 'MalformedData',
      message: 's3://bucket/key line 800002: expected 2 fields, found 3: 1,2,3',
    });
  });

  test('text that is not UTF-8 has its line', async () => {
    await withWorkbench(async (bench) => {
      const begin = Buffer.from(`a,b\n${lines(200_000, (index) => `${index},é`)}3,`);
      const bytes = Buffer.concat([begin, Buffer.from([0xff, 0xfe]), Buffer.from('\n4,5\n')]);
      const reader = new MemoryReader(bytes);
      const source = { location: reader.location, ...(await describeSource(csv, reader, bench)) };
      const { relation } = await csv.fetch(reader, source, 0, bench.directory);
      const refusal = await bench.engine
        .query(`SELECT max(b) FROM ${relation}`)
        .catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(Error);
      const diagnosis = await csv.diagnose(refusal as Error, source, 0, bench.directory, bench.engine);
      expect(diagnosis).toMatchObject({
        code: 'MalformedData',
        message:
          's3://bucket/key line 200002: not valid UTF-8; save the file as UTF-8, or name its encoding in csv.encoding',
      });
    });
  });

  test('a chunk that is not to blame is not blamed', async () => {
    await withWorkbench(async (bench) => {
      const reader = new MemoryReader('a,b\n1,é\n');
      const source = { location: reader.location, ...(await describeSource(csv, reader, bench)) };
      await csv.fetch(reader, source, 0, bench.directory);
      expect(
        await csv.diagnose(new Error('out of memory'), source, 0, bench.directory, bench.engine),
      ).toBeUndefined();
    });
  });

  test('a header line only: no rows, every column text', async () => {
    await withWorkbench(async (bench) => {
      for (const text of ['a,b', 'a,b\n', 'a,b\r\n', '\uFEFFa,b\n']) {
        const { rows, description, counts } = await readAll(csv, new MemoryReader(text), bench);
        expect({ rows, counts }).toEqual({ rows: [], counts: [0] });
        expect(description.columns.map(({ name, type }) => [name, type])).toEqual([
          ['a', 'VARCHAR'],
          ['b', 'VARCHAR'],
        ]);
      }
    });
  });
});

describe('exact cuts', () => {
  test('are the first ends of records at or after the places that even chunks would end at', async () => {
    const values = fc.array(fc.constantFrom('x', 'é', 'ੁĀ', 'y'.repeat(30), 'z'.repeat(150)), {
      minLength: 1,
      maxLength: 30,
    });
    await withWorkbench((bench) =>
      fc.assert(
        fc.asyncProperty(
          values,
          fc.constantFrom<BufferEncoding>('utf8', 'utf16le'),
          fc.integer({ min: 2, max: 90 }),
          async (records, encoding, chunkBytes) => {
            const bytes = Buffer.from(`\uFEFFa\n${records.map((each) => `${each}\n`).join('')}`, encoding);
            const options = { chunkBytes, hints: { exactCuts: true } };
            const { cuts } = await describeSource(csv, new MemoryReader(bytes), bench, options);
            const ends = records.reduce(
              (all, each) => [...all, all.at(-1)! + Buffer.byteLength(`${each}\n`, encoding)],
              [Buffer.byteLength('\uFEFFa\n', encoding)],
            );
            const unit = encoding === 'utf8' ? 1 : 2;
            const even = evenCuts(ends[0]!, bytes.length, chunkBytes, 10_000);
            const expected = even.map((cut) => ends.find((end) => end >= cut - ((cut - ends[0]!) % unit)));
            expect(cuts).toEqual(expected);
          },
        ),
        { numRuns: runs(100) },
      ),
    );
  });
});
