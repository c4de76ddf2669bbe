import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { ColumnStatistics } from '../../activities/formats/orc/messages.ts';
import { orcSource } from '../../activities/formats/orc/orc.ts';
import { chunkDirectory, MemoryReader, withWorkbench } from '../support/files.ts';
import { asText, expectedRows, orcFixture, readOrc, retailed } from '../support/orc-files.ts';

describe('files of other writers', () => {
  test.each([
    ['types-uncompressed', 'types'],
    ['types-zlib', 'types'],
    ['types-snappy', 'types'],
    ['types-lz4', 'types'],
    ['types-zstd', 'types'],
    ['types-v11', 'types'],
    ['types-dictionary', 'types'],
    ['runs-v11', 'runs'],
    ['runs-v12', 'runs'],
    ['stripes', 'stripes'],
    ['empty', 'empty'],
    ['pyorc', 'pyorc'],
    ['zones-utc', 'zones-utc'],
    ['zones-york', 'zones-york'],
    ['wide-utc', 'wide-utc'],
    ['wide-york', 'wide-york'],
  ])('%s has the rows that its writer reads', async (name, expected) => {
    await withWorkbench(async (bench) => {
      const { description, rows } = await readOrc(new MemoryReader(orcFixture(name), { piece: 777 }), bench);
      expect(rows).toEqual(await expectedRows(expected, description.columns, bench));
      expect(description.rows).toBe(rows.length);
    });
  });

  test('more rows than are decoded at once, long texts, a few long lists after many empty ones', async () => {
    await withWorkbench(async (bench) => {
      const { description, rows } = await readOrc(new MemoryReader(orcFixture('long')), bench);
      const made = `(SELECT i AS id, CASE WHEN i % 2 = 1 THEN i END AS half, repeat(substr('abcdefghij', i % 10 + 1, 1), 40)
        AS letters, CASE WHEN i < 69700 OR i % 3 > 0 THEN [] ELSE range(i % 1000) END AS list FROM range(70000) AS n(i))`;
      expect(rows).toEqual(await bench.engine.query(asText(description.columns, made)));
    });
  });

  test('columns are described as the engine reads them', async () => {
    await withWorkbench(async (bench) => {
      const { description } = await readOrc(new MemoryReader(orcFixture('types-zstd')), bench);
      expect(Object.fromEntries(description.columns.map(({ name, type }) => [name, type]))).toEqual({
        flag: 'BOOLEAN',
        tiny: 'TINYINT',
        small: 'SMALLINT',
        int: 'INTEGER',
        big: 'BIGINT',
        'all present': 'BIGINT',
        'all null': 'BIGINT',
        float: 'FLOAT',
        double: 'DOUBLE',
        text: 'VARCHAR',
        word: 'VARCHAR',
        bytes: 'BLOB',
        price: 'DECIMAL(12,2)',
        eighteen: 'DECIMAL(18,18)',
        huge: 'DECIMAL(38,10)',
        day: 'DATE',
        at: 'TIMESTAMP_NS',
        milli: 'TIMESTAMP_NS',
        instant: 'TIMESTAMP WITH TIME ZONE',
        list: 'INTEGER[]',
        deep: 'VARCHAR[][]',
        map: 'MAP(VARCHAR, BIGINT)',
        point: 'STRUCT(x DOUBLE, tags VARCHAR[])',
        points: 'STRUCT(x DOUBLE, tags VARCHAR[])[]',
      });
      expect(description).toMatchObject({
        rows: 150,
        cuts: [0, 1],
        firstRows: [0],
        conversions: ['instant: timestamp[ns, UTC] -> timestamp[us, UTC]'],
        details: {
          compression: 'zstd',
          stripes: '1',
          createdBy: 'ORC C++ 2.2.2',
        },
      });
    });
  });

  test('what becomes another type is said', async () => {
    await withWorkbench(async (bench) => {
      const wide = await readOrc(new MemoryReader(orcFixture('wide-utc')), bench);
      expect(wide.description.conversions).toEqual([
        'at: timestamp[ns] -> timestamp[us]',
        'instant: timestamp[ns, UTC] -> timestamp[us, UTC]',
      ]);
      const texts = await readOrc(new MemoryReader(orcFixture('pyorc')), bench);
      expect(texts.description.conversions).toEqual(['c: char(5) -> utf8', 'v: varchar(10) -> utf8']);
    });
  });

  test('nanoseconds are kept where statistics show that they fit, or that there is no value', async () => {
    const typeOf = async (change: (statistics: ColumnStatistics) => void): Promise<string | undefined> => {
      const file = retailed(orcFixture('types-uncompressed'), {
        footer: ({ types: [root], statistics }) => {
          change(statistics[root!.subtypes[root!.fieldNames.indexOf('at')]!]!);
        },
      });
      return withWorkbench(async (bench) => {
        const { description } = await readOrc(new MemoryReader(file), bench);
        return description.columns.find(({ name }) => name === 'at')?.type;
      });
    };
    const far = BigInt(Date.UTC(2300));
    expect(await typeOf(() => {})).toBe('TIMESTAMP_NS');
    expect(await typeOf((found) => (found.timestampStatistics!.maximumUtc = far))).toBe('TIMESTAMP');
    expect(await typeOf((found) => (found.timestampStatistics!.minimumUtc = -far))).toBe('TIMESTAMP');
    expect(await typeOf((found) => delete found.timestampStatistics)).toBe('TIMESTAMP');
    const nothing = (found: ColumnStatistics): void => {
      delete found.timestampStatistics;
      found.numberOfValues = 0n;
    };
    expect(await typeOf(nothing)).toBe('TIMESTAMP_NS');
  });

  test('days of the Julian calendar keep year, month and day', async () => {
    await withWorkbench(async (bench) => {
      const file = retailed(orcFixture('types-uncompressed'), { footer: (footer) => (footer.calendar = 1) });
      const { rows } = await readOrc(new MemoryReader(file), bench);
      const proleptic = await readOrc(new MemoryReader(orcFixture('types-uncompressed')), bench);
      const begin = '1582-10-15';
      const changed = rows.filter(({ day }, row) => day !== proleptic.rows[row]!['day']);
      const early = proleptic.rows.filter(({ day }) => typeof day === 'string' && day < begin);
      expect(early.length).toBeGreaterThan(5);
      expect(changed.length).toBeGreaterThanOrEqual(early.length - 2);
      for (const { day } of changed) expect(String(day) < begin).toBe(true);
    });
  });
});

describe('chunks', () => {
  test('are stripes, one ranged read each, with the rows in order', async () => {
    await withWorkbench(async (bench) => {
      const file = orcFixture('stripes');
      const whole = await readOrc(new MemoryReader(file), bench);
      const reader = new MemoryReader(file);
      const cut = await readOrc(reader, bench, 1);
      expect(cut.description.cuts).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
      expect(reader.reads).toBe(1 + 8);
      expect(cut.rows).toEqual(whole.rows);
      let before = 0;
      expect(cut.description.firstRows).toEqual(cut.counts.map((count) => (before += count) - count));
      expect(before).toBe(2000);
      expect((await readOrc(reader, bench, 16_000)).counts.length).toBeLessThan(8);
    });
  });

  test('stripes that lie in another order than their rows are read where they lie', async () => {
    await withWorkbench(async (bench) => {
      const file = orcFixture('stripes');
      const inOrder = await readOrc(new MemoryReader(file), bench, 1);
      const reversed = retailed(file, { footer: (footer) => void footer.stripes.reverse() });
      const starts = inOrder.description.firstRows!;
      const expected = starts
        .map((start, chunk) => inOrder.rows.slice(start, start + inOrder.counts[chunk]!))
        .toReversed()
        .flat();
      for (const chunkBytes of [1, 1e9]) {
        expect((await readOrc(new MemoryReader(reversed), bench, chunkBytes)).rows).toEqual(expected);
      }
    });
  });

  test('an object that has changed is planned anew', async () => {
    await withWorkbench(async (bench) => {
      const { description } = await readOrc(new MemoryReader(orcFixture('types-zstd')), bench);
      const source = { location: 's3://bucket/key', ...description };
      const changed = orcFixture('types-zstd');
      changed[changed.length - 100]! ^= 1;
      // another object in between: the footer is not at hand any more
      await readOrc(new MemoryReader(orcFixture('stripes')), bench);
      await expect(
        orcSource.fetch(new MemoryReader(changed), source, 0, bench.directory),
      ).rejects.toMatchObject({
        code: 'SourceChanged',
      });
    });
  });

  test('what was read is gone when it is decoded', async () => {
    await withWorkbench(async (bench) => {
      const reader = new MemoryReader(orcFixture('stripes'));
      const { description } = await readOrc(reader, bench);
      const directory = chunkDirectory(bench);
      await orcSource.fetch(reader, { location: reader.location, ...description }, 0, directory);
      expect(existsSync(join(directory, 'chunk.orc'))).toBe(false);
      expect(existsSync(join(directory, 'chunk.parquet'))).toBe(true);
    });
  });
});
