import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { partitionFiles } from '../../activities/batch/result-files.ts';
import { writeResult } from '../../activities/batch/write-result.ts';
import { withEngine } from '../../activities/engine/duckdb.ts';
import type { Engine } from '../../activities/engine/engine.ts';
import { formatNamed } from '../../activities/registry.ts';

/** Bytes; at 256 KiB a partition the engine could hold a quarter of those that are written here. */
const MEMORY = 100e6;
const PARTITIONS = 1_500;

/** Two rows of every partition, those of one far from each other. */
const rows = (partitions: number): string =>
  `SELECT i AS id, 'p' || (i % ${partitions}) AS part FROM range(${2 * partitions}) AS t(i)`;

async function write<T>(
  partitions: number,
  look: (engine: Engine, written: number, target: string) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'ddc-result-'));
  const objects = {
    prefix: 'out/',
    name: 'part-',
    extension: '.parquet',
    partitionBy: ['part'],
    dropPartitionColumns: false,
    prologue: { body: '', trailer: '' },
  };
  const work = {
    chunk: 3,
    pieces: [
      {
        object: { key: 'in', etag: 'e', size: 1 },
        source: { location: 's3://b/in', columns: [], cuts: [0, 1], reading: null },
        index: 0,
      },
    ],
    destination: { format: 'parquet', options: {}, key: 'out', objects },
  };
  try {
    return await withEngine({ directory, memoryLimit: MEMORY }, async (engine) => {
      const target = join(directory, 'result');
      const written = await writeResult(engine, rows(partitions), target, formatNamed('parquet'), work);
      return look(engine, written, target);
    });
  } finally {
    await rm(directory, { recursive: true });
  }
}

test('more partitions than the engine could hold at a time; rows keep their order', async () => {
  await write(PARTITIONS, async (engine, written, target) => {
    expect(written).toBe(2 * PARTITIONS);
    const files = await partitionFiles(target);
    expect(files).toHaveLength(PARTITIONS);
    const { path } = files.find(({ partition }) => partition === 'part=p77')!;
    expect(await engine.query(`SELECT id, part FROM read_parquet('${path}')`)).toEqual([
      { id: 77n, part: 'p77' },
      { id: 77n + BigInt(PARTITIONS), part: 'p77' },
    ]);
  });
});

test('too many are refused, with column, number and limit', async () => {
  await expect(write(2_001, () => Promise.resolve())).rejects.toMatchObject({
    code: 'Unsupported',
    message: expect.stringMatching(
      /^spec\.destination\.s3\.partitionBy: part has 2001 different values in chunk 3 of s3:\/\/b\/in; at most 2000 /,
    ),
  });
});
