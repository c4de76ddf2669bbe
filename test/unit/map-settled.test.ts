import { describe, expect, test } from '@jest/globals';
import { mapSettled } from '../../activities/batch/map-settled.ts';
import { orAborted } from '../../activities/batch/or-aborted.ts';

describe('mapSettled', () => {
  test('gives the results in order', async () => {
    expect(await mapSettled([3, 1, 2], 2, async (item, index) => `${index}:${item}`)).toEqual([
      '0:3',
      '1:1',
      '2:2',
    ]);
  });

  test('rejects with the first failure when nothing is under way any more, and begins no other', async () => {
    const slow = Promise.withResolvers<void>();
    const began: number[] = [];
    const ended: number[] = [];
    const mapped = mapSettled([0, 1, 2, 3], 2, async (item) => {
      began.push(item);
      if (item === 0) throw new Error('first');
      await slow.promise;
      ended.push(item);
    });
    let rejected = false;
    mapped.catch(() => (rejected = true));
    await new Promise(setImmediate);
    expect(rejected).toBe(false);
    slow.resolve();
    await expect(mapped).rejects.toThrow('first');
    expect([began, ended]).toEqual([[0, 1], [1]]);
  });
});

describe('orAborted', () => {
  test('does not wait for work that does not end', async () => {
    const { signal, abort } = controller();
    const waiting = orAborted(signal, new Promise<never>(() => undefined));
    abort(new Error('cancelled'));
    await expect(waiting).rejects.toThrow('cancelled');
    await expect(orAborted(signal, Promise.resolve(1))).rejects.toThrow('cancelled');
  });

  test('is the work as long as nobody aborts', async () => {
    const { signal } = controller();
    expect(await orAborted(signal, Promise.resolve(1))).toBe(1);
    await expect(orAborted(signal, Promise.reject(new Error('own')))).rejects.toThrow('own');
  });
});

function controller(): { signal: AbortSignal; abort: (reason: Error) => void } {
  const both = new AbortController();
  return { signal: both.signal, abort: (reason) => both.abort(reason) };
}
