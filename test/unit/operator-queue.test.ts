import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { WorkQueue } from '../../operator/watch/queue.ts';
import type { HandlerResult } from '../../operator/watch/queue.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

interface Call {
  key: string;
  at: number;
  end(result?: HandlerResult): Promise<void>;
  fail(): Promise<void>;
}

async function settle(act: () => void): Promise<void> {
  act();
  await jest.advanceTimersByTimeAsync(0);
}

/** A queue whose handler's calls end when the test says. */
function queueOf(concurrency = 2) {
  const calls: Call[] = [];
  const errors: string[] = [];
  const start = Date.now();
  const queue = new WorkQueue(
    (key) =>
      new Promise((resolve, reject) => {
        calls.push({
          key,
          at: Date.now() - start,
          end: (result) => settle(() => resolve(result)),
          fail: () => settle(() => reject(new Error('x'))),
        });
      }),
    { concurrency, baseDelay: 5, maxDelay: 300_000, onError: (key) => errors.push(key) },
  );
  return { queue, calls, errors, keys: () => calls.map(({ key }) => key) };
}

test('one handler per key, so many at once, and a key added meanwhile comes once more', async () => {
  const { queue, calls, keys } = queueOf();
  for (const key of ['a', 'a', 'b', 'c', 'a']) queue.add(key);
  expect(keys()).toEqual(['a', 'b']);
  queue.add('a');
  queue.add('a');
  await calls[1]!.end();
  expect(keys()).toEqual(['a', 'b', 'c']);
  await calls[0]!.end();
  expect(keys()).toEqual(['a', 'b', 'c', 'a']);
  await calls[3]!.end();
  await calls[2]!.end();
  expect(keys()).toHaveLength(4);
});

test('a key that fails comes again after 5, 10, 20 ... ms of its own, at most 5 min, and success forgets them', async () => {
  const { queue, calls, errors } = queueOf();
  queue.add('a');
  const delays: number[] = [];
  for (let index = 0; index < 20; index += 1) {
    await calls[index]!.fail();
    const failedAt = calls[index]!.at;
    await jest.advanceTimersToNextTimerAsync();
    delays.push(calls[index + 1]!.at - failedAt);
  }
  expect(delays.slice(0, 4)).toEqual([5, 10, 20, 40]);
  expect(delays.at(-1)).toBe(300_000);
  expect(errors).toHaveLength(20);
  await calls[20]!.end(0);
  await jest.advanceTimersToNextTimerAsync();
  await calls[21]!.fail();
  await jest.advanceTimersByTimeAsync(5);
  expect(calls).toHaveLength(23);
});

test('of several due times the earliest holds; adding it at once does away with them', async () => {
  const { queue, calls, keys } = queueOf();
  queue.addAfter('a', 1000);
  queue.addAfter('a', 100);
  queue.addAfter('a', 500);
  await jest.advanceTimersByTimeAsync(99);
  expect(keys()).toEqual([]);
  await jest.advanceTimersByTimeAsync(1);
  expect(keys()).toEqual(['a']);
  await calls[0]!.end(50);
  queue.add('a');
  expect(calls).toHaveLength(2);
  await calls[1]!.end();
  await jest.advanceTimersByTimeAsync(10_000);
  expect(calls).toHaveLength(2);
});

test('stop: nothing more begins, and it waits for what runs', async () => {
  const { queue, calls, keys } = queueOf(1);
  queue.add('a');
  queue.add('b');
  queue.addAfter('c', 10);
  let stopped = false;
  const stop = queue.stop().then(() => (stopped = true));
  await jest.advanceTimersByTimeAsync(100);
  expect(stopped).toBe(false);
  await calls[0]!.fail();
  await stop;
  await jest.advanceTimersByTimeAsync(1_000_000);
  queue.add('d');
  expect(keys()).toEqual(['a']);
});
