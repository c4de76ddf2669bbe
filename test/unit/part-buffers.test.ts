import { expect, test } from '@jest/globals';
import { withPartBuffer } from '../../activities/batch/verbatim/part-buffers.ts';

const memory = ({ buffer }: Buffer): unknown => buffer;

/** Memory of parts of these sizes that are under way together. */
async function together(runId: string, sizes: readonly number[]): Promise<unknown[]> {
  const [size, ...others] = sizes;
  if (size === undefined) return [];
  return withPartBuffer(runId, size, async (part) => {
    expect(part.length).toBe(size);
    return [memory(part), ...(await together(runId, others))];
  });
}

test('parts of a run use the same memory one after another, never at once', async () => {
  const [one, two] = await together('a', [1000, 1000]);
  expect(one).not.toBe(two);
  const again = await together('a', [700, 1000]);
  expect(new Set(again)).toEqual(new Set([one, two]));
});

test('memory never goes from one run to another', async () => {
  const [one] = await together('b', [1000]);
  expect(await together('c', [1000])).not.toContain(one);
});

test('memory that is too small goes: there is never more than for the parts at once', async () => {
  const before = await together('d', [10, 10]);
  const [large] = await together('d', [1000]);
  expect(before).not.toContain(large);
  const after = await together('d', [10, 10, 10]);
  expect(after.filter((each) => [...before, large].includes(each))).toHaveLength(2);
});

test('memory of a part that failed is used again', async () => {
  let used: unknown;
  const failed = withPartBuffer('e', 1000, async (part) => {
    used = memory(part);
    throw new Error('lost');
  });
  await expect(failed).rejects.toThrow('lost');
  expect(await together('e', [1000])).toEqual([used]);
});
