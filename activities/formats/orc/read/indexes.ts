import type { Scratches } from '../../columnar/scratch.ts';
import { OrcError } from '../proto.ts';
import { areEqual, equalHeader, packedHeader } from './hybrid-runs.ts';
import type { IntegerRuns } from './runs.ts';
import { Integers32 } from './values.ts';
import type { Values } from './values.ts';

/** Indexes of a dictionary with `size` values: a byte for their width, and one run, of so many bits each or of equal ones. */
export function indexes(runs: IntegerRuns, size: number, memory: Scratches): Values {
  const width = size <= 0x100 ? 1 : size <= 0x1_0000 ? 2 : 3;
  const own = new Integers32(runs, memory);
  const scratch = memory.take();
  return (count) => {
    const all = own.next(count);
    if (areEqual(all)) return { count, bytes: equalIndexes(all[0] ?? 0, count, size, width) };
    const groups = Math.ceil(count / 8);
    const head = packedHeader(groups);
    const bytes = scratch.bytes(1 + head.length + 8 * groups * width).fill(0);
    bytes[0] = 8 * width;
    bytes.set(head, 1);
    packIndexes(all, { size, width }, bytes, 1 + head.length);
    return { count, bytes };
  };
}

function packIndexes(
  indexes: Int32Array,
  { size, width }: { size: number; width: number },
  bytes: Uint8Array,
  from: number,
): void {
  let at = from;
  for (let i = 0; i < indexes.length; i++, at += width) {
    const index = indexes[i]!;
    requireIndex(index, size);
    bytes[at] = index;
    if (width > 1) bytes[at + 1] = index >> 8;
    if (width > 2) bytes[at + 2] = index >> 16;
  }
}

function equalIndexes(index: number, count: number, size: number, width: number): Uint8Array {
  if (count > 0) requireIndex(index, size);
  const value = [index, index >> 8, index >> 16].slice(0, width);
  return Uint8Array.from([8 * width, ...equalHeader(count), ...value]);
}

function requireIndex(index: number, size: number): void {
  if (index < 0 || index >= size) throw new OrcError('a value lies outside of its dictionary');
}
