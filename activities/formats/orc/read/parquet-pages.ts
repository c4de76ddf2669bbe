import { encodeStruct, TYPE } from '../../parquet/thrift.ts';
import type { Struct, Value } from '../../parquet/thrift.ts';
import { areEqual, equalHeader, packedHeader } from './hybrid-runs.ts';
import type { Levels } from './levels.ts';

/** Numbers of parquet.thrift, https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift */
export const PAGE_ENCODING = { plain: 0, rle: 3, dictionary: 8 } as const;
const PAGE = { data: 0, dictionary: 2 } as const;

/** Fields in the order of their numbers. */
export function struct(...fields: [id: number, type: number, value: Value][]): Struct {
  return new Map(fields.map(([id, type, value]) => [id, { type, value }]));
}

/**
 * One data page (version 1, not compressed) in parts: entries [from, to) of `levels`, and their encoded values.
 * `maxRepetition`, `maxDefinition`: the column's.
 */
export function dataPage(
  levels: Levels,
  from: number,
  to: number,
  column: { maxRepetition: number; maxDefinition: number; encoding: number },
  values: Uint8Array,
): Uint8Array[] {
  const { definition, repetition } = levels;
  const parts: Uint8Array[] = [];
  if (repetition !== undefined) parts.push(encodeLevels(repetition.subarray(from, to), column.maxRepetition));
  parts.push(encodeLevels(definition.subarray(from, to), column.maxDefinition), values);
  const header = struct(
    [1, TYPE.i32, to - from],
    [2, TYPE.i32, column.encoding],
    [3, TYPE.i32, PAGE_ENCODING.rle],
    [4, TYPE.i32, PAGE_ENCODING.rle],
  );
  return page(PAGE.data, parts, 5, header);
}

/** A dictionary page of `count` values in PLAIN. */
export function dictionaryPage(count: number, values: Uint8Array): Uint8Array[] {
  const header = struct([1, TYPE.i32, count], [2, TYPE.i32, PAGE_ENCODING.plain]);
  return page(PAGE.dictionary, [values], 7, header);
}

function page(type: number, parts: readonly Uint8Array[], id: number, header: Struct): Uint8Array[] {
  const bytes = parts.reduce((sum, { length }) => sum + length, 0);
  const head = encodeStruct(
    struct([1, TYPE.i32, type], [2, TYPE.i32, bytes], [3, TYPE.i32, bytes], [id, TYPE.struct, header]),
  );
  return [head, ...parts];
}

/** Levels in Parquet's hybrid of runs: one run when all are equal, else all of them bit-packed. */
function encodeLevels(levels: Uint8Array, max: number): Buffer {
  const body = areEqual(levels)
    ? Buffer.from([...equalHeader(levels.length), levels[0] ?? 0])
    : packLevels(levels, 32 - Math.clz32(max));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length);
  return Buffer.concat([length, body]);
}

function packLevels(levels: Uint8Array, width: number): Buffer {
  const groups = Math.ceil(levels.length / 8);
  const head = packedHeader(groups);
  const out = Buffer.alloc(head.length + groups * width);
  out.set(head);
  let position = head.length;
  let held = 0;
  let bits = 0;
  for (let i = 0; i < levels.length; i++) {
    held |= levels[i]! << bits;
    bits += width;
    for (; bits >= 8; bits -= 8) {
      out[position++] = held;
      held >>>= 8;
    }
  }
  if (bits > 0) out[position] = held;
  return out;
}
