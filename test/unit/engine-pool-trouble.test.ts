import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
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

const open = (more: Partial<PoolOptions<TestJob>> = {}): EnginePool<TestJob> =>
  new EnginePool<TestJob>({
    entry: new URL('../support/pool-process.ts', import.meta.url),
    processes: 1,
    jobsPerProcess: 2,
    jobsPerLife: 100,
    scratch: { limit: Infinity, expected: () => 0 },
    environment: { NODE_OPTIONS: '--disable-warning=ExperimentalWarning' },
    ...more,
  });

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ddc-pool-'));
  log = join(directory, 'log');
});

afterEach(() => {
  jest.useRealTimers();
  pool.close();
  rmSync(directory, { recursive: true });
});

const text = (): string => (existsSync(log) ? readFileSync(log, 'utf8') : '');
/** Process ids of the `stay` jobs so far. */
const stays = async (count: number): Promise<number[]> =>
  (
    await poll(
      () => text().split('\n').slice(0, -1),
      (lines) => lines.length === count,
      `${count} starts`,
    )
  ).map(Number);

describe('a cancelled job', () => {
  test('is answered when its process is gone: nothing of it can come later', async () => {
    pool = open();
    const cancel = new AbortController();
    const job = pool.run({ type: 'stay', log }, 'a', cancel.signal);
    const [pid] = await stays(1);
    cancel.abort(new Error('cancelled'));
    await expect(job).rejects.toThrow('cancelled');
    expect(() => process.kill(pid!, 0)).toThrow('ESRCH');
  });

  test('an error after the commit point says so', async () => {
    pool = open();
    const failed = { code: 'StoreUnavailable', committed: true };
    await expect(pool.run({ type: 'commitAndFail' }, 'a', never)).rejects.toMatchObject(failed);
    await expect(pool.run({ type: 'fail' }, 'a', never)).rejects.toMatchObject({ committed: false });
  });
});

describe('processes that end before they answer', () => {
  test('are started again after 1 s, then 2 s, ...', async () => {
    jest.useFakeTimers({ now: 0, doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
    const entry = new URL('../support/mortal-process.ts', import.meta.url);
    pool = open({ entry, environment: { STARTS: log } });
    const ended = (starts: number): Promise<unknown> =>
      poll(
        () => text().length === starts && jest.getTimerCount() === 1,
        (due) => due,
        `end ${starts}`,
      );
    await ended(1);
    for (const [starts, seconds] of [
      [2, 1],
      [3, 2],
      [4, 4],
    ] as const) {
      jest.advanceTimersByTime(seconds * 1000 - 1);
      expect([text().length, jest.getTimerCount()]).toEqual([starts - 1, 1]);
      jest.advanceTimersByTime(1);
      await ended(starts);
    }
  });

  test('a job that such a process had ends with an error, so that somebody learns of it', async () => {
    pool = open({
      entry: new URL('../support/mortal-process.ts', import.meta.url),
      environment: { STARTS: log },
    });
    await expect(pool.run({ type: 'echo', value: '' }, 'a', never)).rejects.toMatchObject({
      code: 'EngineCrashed',
    });
  });
});

describe('scratch space', () => {
  const echo = (value: string) => ({ type: 'echo', value }) as const;
  /** Longer than a job takes that may begin. */
  async function meanwhile(): Promise<void> {
    const other = open();
    await other.run(echo('in another pool'), 'a', never);
    other.close();
  }

  test('is reserved before a job begins, and until what a killed process has left is removed', async () => {
    const removed = Promise.withResolvers<void>();
    pool = open({ processes: 2, scratch: { limit: 100, expected: () => 60 }, ended: () => removed.promise });
    const cancel = new AbortController();
    const first = pool.run({ type: 'stay', log }, 'a', cancel.signal);
    const order: string[] = [];
    const second = pool.run(echo('second'), 'b', never).then(() => order.push('second ran'));
    await stays(1);
    cancel.abort(new Error('cancelled'));
    await expect(first).rejects.toThrow('cancelled');
    await meanwhile();
    order.push('removed');
    removed.resolve();
    await second;
    expect(order).toEqual(['removed', 'second ran']);
  });

  test('a job that is expected to need more than there is runs alone', async () => {
    pool = open({ scratch: { limit: 100, expected: (job) => (job.type === 'stay' ? 1000 : 1) } });
    const cancel = new AbortController();
    const large = pool.run({ type: 'stay', log }, 'a', cancel.signal);
    await stays(1);
    let ran = false;
    const small = pool.run(echo('small'), 'b', never).then(() => (ran = true));
    await meanwhile();
    expect(ran).toBe(false);
    cancel.abort(new Error('cancelled'));
    await expect(large).rejects.toThrow('cancelled');
    await small;
  });

  test('one that uses more than expected is repeated with more, at last alone, and then fails', async () => {
    pool = open({ scratch: { limit: 100, expected: () => 30 } });
    const job = pool.run({ type: 'stay', log }, 'a', never);
    const ended = expect(job).rejects.toMatchObject({
      code: 'ScratchFull',
      class: 'retry',
      message: expect.stringContaining('DDC_SCRATCH_LIMIT is 100 bytes'),
    });
    // 30, 60 and then all of the 100 bytes.
    for (const start of [1, 2, 3]) {
      const pid = (await stays(start)).at(-1)!;
      pool.shed(new Map([[pid, 20]]));
      pool.shed(new Map([[pid, 101]]));
    }
    await ended;
    expect(await pool.run(echo('next'), 'a', never)).toBe('next');
  });

  test('what a process uses within its reservation is not held against it', async () => {
    pool = open({ processes: 2, jobsPerProcess: 1, scratch: { limit: 100, expected: () => 50 } });
    const both = [1, 2].map(async (index) => {
      await pool.run({ type: 'stay', log }, `${index}`, never).catch(() => undefined);
    });
    const [greedy, modest] = await stays(2);
    pool.shed(
      new Map([
        [greedy!, 70],
        [modest!, 50],
      ]),
    );
    // The modest one is still there when the greedy one has ended; that one waits for all the space.
    await poll(
      () => isAlive(greedy!),
      (alive) => !alive,
      'the greedy one to be ended',
    );
    expect(isAlive(modest!)).toBe(true);
    pool.close();
    await Promise.all(both);
    expect(await stays(2)).toEqual([greedy, modest]);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
