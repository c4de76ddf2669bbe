import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EnginePool } from '../../activities/engine/pool.ts';
import type { PoolOptions } from '../../activities/engine/pool-types.ts';
import { poll } from '../support/poll.ts';
import type { TestJob } from '../support/pool-process.ts';

const never = new AbortController().signal;
let pool: EnginePool<TestJob>;
let directory: string;
let log: string;

const open = (
  processes: number,
  jobsPerLife = 100,
  more: Partial<PoolOptions<TestJob>> = {},
): EnginePool<TestJob> =>
  new EnginePool<TestJob>({
    scratch: { limit: Infinity, expected: () => 0 },
    entry: new URL('../support/pool-process.ts', import.meta.url),
    processes,
    jobsPerProcess: 2,
    jobsPerLife,
    environment: { NODE_OPTIONS: '--disable-warning=ExperimentalWarning' },
    ...more,
  });

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ddc-pool-'));
  log = join(directory, 'log');
});

afterEach(() => {
  pool.close();
  rmSync(directory, { recursive: true });
});

const written = (): Promise<boolean> => poll(() => existsSync(log), Boolean, 'the job to begin');

describe('engine pool', () => {
  test('answers many jobs with few processes, and replaces them after their life', async () => {
    pool = open(1, 3);
    const values = Array.from({ length: 10 }, (_, index) => `value ${index}`);
    const results = values.map((value) => pool.run<string>({ type: 'echo', value }, 'a', never));
    expect(await Promise.all(results)).toEqual(values);
  });

  test('an error of a job arrives with code and hints', async () => {
    pool = open(1);
    await expect(pool.run({ type: 'fail' }, 'a', never)).rejects.toMatchObject({
      code: 'MalformedData',
      class: 'fatal',
      message: 'line 3',
      hints: { exactCuts: true },
    });
  });

  test('a job whose process dies is run once more', async () => {
    pool = open(1);
    expect(await pool.run({ type: 'crashOnce', log }, 'a', never)).toBe('second time');
  });

  test('a job that kills its process again and again fails; the pool goes on', async () => {
    pool = open(1);
    await expect(pool.run({ type: 'crash', log }, 'a', never)).rejects.toMatchObject({
      code: 'EngineCrashed',
    });
    expect(readFileSync(log, 'utf8')).toBe('xx');
    expect(await pool.run({ type: 'echo', value: 'still here' }, 'a', never)).toBe('still here');
  });

  test('cancelling a job that never ends takes effect, and its neighbour is run again', async () => {
    pool = open(1);
    const cancel = new AbortController();
    const neighbour = join(directory, 'neighbour');
    const hanging = pool.run({ type: 'hang', log }, 'a', cancel.signal);
    const other = new AbortController();
    const beside = pool.run({ type: 'hang', log: neighbour }, 'a', other.signal);
    await written();
    await poll(() => existsSync(neighbour), Boolean, 'the neighbour to begin');
    cancel.abort(new Error('cancelled'));
    await expect(hanging).rejects.toThrow('cancelled');
    await poll(
      () => readFileSync(neighbour, 'utf8'),
      (text) => text === 'xx',
      'the neighbour to be run again',
    );
    other.abort(new Error('enough'));
    await expect(beside).rejects.toThrow('enough');
  });

  test('a committed job is not cancelled any more', async () => {
    pool = open(1);
    const cancel = new AbortController();
    const job = pool.run({ type: 'hang', log, commit: true }, 'a', cancel.signal);
    await written();
    cancel.abort(new Error('too late'));
    expect(await job).toBe('committed');
  });

  test('a group with one job does not wait for all jobs of another', async () => {
    pool = open(1);
    const order: string[] = [];
    const jobs = Array.from({ length: 8 }, (_, index) => ({ group: 'large', value: `large ${index}` }));
    jobs.push({ group: 'small', value: 'small' });
    await Promise.all(
      jobs.map(async ({ group, value }) => {
        await pool.run({ type: 'echo', value }, group, never);
        order.push(value);
      }),
    );
    expect(order.indexOf('small')).toBeLessThan(4);
  });

  test('a job that was cancelled before it began never runs', async () => {
    pool = open(1);
    await expect(pool.run({ type: 'hang', log }, 'a', AbortSignal.abort(new Error('no')))).rejects.toThrow(
      'no',
    );
    expect(existsSync(log)).toBe(false);
  });
});
