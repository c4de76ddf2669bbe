import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectedScratch } from '../../activities/batch/expected-scratch.ts';
import type { EngineJob } from '../../activities/batch/jobs.ts';
import { removeAttempts, scratchUse, withScratch } from '../../activities/batch/scratch.ts';
import { guardScratch } from '../../worker/scratch-guard.ts';
import { halfOfFree, openScratch } from '../../worker/scratch-root.ts';

/** Larger than any process id that Linux gives out. */
const NOBODY = 2 ** 22 + 1;
let parent: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'ddc-scratch-'));
});
afterEach(() => rmSync(parent, { recursive: true }));

describe('the scratch directory of a worker', () => {
  test.each([
    ['of a dead worker', `worker-${hostname()}-${NOBODY}-aB3dEf`, false],
    ['of a predecessor with the same process id', `worker-${hostname()}-${process.pid}-aB3dEf`, false],
    ['of a living worker', `worker-${hostname()}-${process.ppid}-aB3dEf`, true],
    ['of another host, where process ids are others', `worker-another-1-${NOBODY}-aB3dEf`, true],
    ['of somebody else', 'lost+found', true],
  ])('%s', async (_whose, name, kept) => {
    mkdirSync(join(parent, name));
    const own = await openScratch(parent);
    expect(existsSync(join(parent, name))).toBe(kept);
    expect(existsSync(own)).toBe(true);
    expect(readdirSync(parent)).toHaveLength(kept ? 2 : 1);
  });

  test('may be filled to half of what is free unless told otherwise', async () => {
    const { bavail, bsize } = statfsSync(parent);
    const half = await halfOfFree(parent);
    expect(half / (bavail * bsize)).toBeCloseTo(0.5, 1);
  });
});

describe('what attempts use', () => {
  test('is told by process, nested files included, and removed by process', async () => {
    await withScratch(parent, async (directory) => {
      writeFileSync(join(directory, 'source'), Buffer.alloc(1000));
      mkdirSync(join(directory, 'spill'));
      writeFileSync(join(directory, 'spill', 'block'), Buffer.alloc(500));
      mkdirSync(join(parent, 'attempt-7-abc'));
      writeFileSync(join(parent, 'attempt-7-abc', 'source'), Buffer.alloc(30));
      expect(await scratchUse(parent)).toEqual(
        new Map([
          [process.pid, 1500],
          [7, 30],
        ]),
      );
      await removeAttempts(parent, 7);
      expect(await scratchUse(parent)).toEqual(new Map([[process.pid, 1500]]));
    });
    expect(readdirSync(parent)).toEqual([]);
    expect(await scratchUse(join(parent, 'gone'))).toEqual(new Map());
  });

  test('is reported while it is beyond the limit, until the guard is sent home', async () => {
    mkdirSync(join(parent, 'attempt-7-abc'));
    writeFileSync(join(parent, 'attempt-7-abc', 'source'), Buffer.alloc(30));
    const reported: Map<number, number>[] = [];
    const guard = async (limit: number): Promise<void> => {
      const home = new AbortController();
      const exceeded = (used: Map<number, number>): void => {
        reported.push(used);
        home.abort();
      };
      const guarding = guardScratch(parent, limit, exceeded, home.signal);
      if (limit === 30) home.abort();
      await guarding;
    };
    await guard(30);
    expect(reported).toEqual([]);
    await guard(29);
    expect(reported).toEqual([new Map([[7, 30]])]);
  });
});

describe('what a job is expected to use', () => {
  const job = (from: string, to: string, cuts: number[], chunk = 0): EngineJob =>
    ({
      type: 'copyChunk',
      work: {
        chunk,
        format: from,
        pieces: [{ object: { size: 1000 }, source: { location: 's3://b/in', cuts }, index: chunk }],
        destination: { format: to },
      },
    }) as unknown as EngineJob;

  test.each([
    ['a chunk of bytes', job('csv', 'parquet', [100, 400, 1000], 1), 4 * 667],
    ['one of two row groups', job('parquet', 'parquet', [0, 1, 2], 1), 4 * 500],
    ['compressed columns to text', job('parquet', 'csv', [0, 1, 2], 1), 12 * 500],
    ['an empty data set', job('parquet', 'csv', [0, 0]), 12 * 1000],
  ])('%s', (_what, given, bytes) => {
    expect(expectedScratch(given, Infinity)).toBe(bytes);
  });

  test('a source that cannot fit is refused, with what to do', () => {
    const refused = () => expectedScratch(job('csv', 'csv', [0, 500, 1000], 1), 499);
    expect(refused).toThrow(expect.objectContaining({ code: 'ScratchFull' }));
    expect(refused).toThrow(
      'chunk 1 of s3://b/in has 500 bytes, more than the worker may use of its scratch directory: DDC_SCRATCH_LIMIT is 499 bytes',
    );
  });
});

test('core dumps of processes that know credentials hold no memory', () => {
  const module = new URL('../../activities/engine/core-dumps.ts', import.meta.url).href;
  const program = `import { leaveMemoryOutOfCoreDumps } from '${module}'; import { readFileSync } from 'node:fs';
    leaveMemoryOutOfCoreDumps(); process.stdout.write(readFileSync('/proc/self/coredump_filter', 'utf8'))`;
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', program];
  expect(Number.parseInt(execFileSync(process.execPath, args, { encoding: 'utf8' }), 16)).toBe(0);
});
