import { expect, test } from '@jest/globals';
import { giveBack } from '../../activities/give-back.ts';

test('memory is given back once, and is empty then', () => {
  const buffer = Buffer.alloc(100_000, 1);
  const before = process.memoryUsage().arrayBuffers;
  giveBack(buffer);
  expect(before - process.memoryUsage().arrayBuffers).toBeGreaterThanOrEqual(100_000);
  expect(buffer.length).toBe(0);
  giveBack(buffer);
});

test('memory that others share stays', () => {
  const all = new Uint8Array(8).fill(1);
  giveBack(all.subarray(2));
  const pooled = Buffer.from('one of many in a pool');
  giveBack(pooled);
  const shared = new Uint8Array(new SharedArrayBuffer(8)).fill(1);
  giveBack(shared);
  expect([[...all], pooled.toString(), [...shared]]).toEqual([
    [1, 1, 1, 1, 1, 1, 1, 1],
    'one of many in a pool',
    [1, 1, 1, 1, 1, 1, 1, 1],
  ]);
});
