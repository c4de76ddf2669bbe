import { OrcError } from '../proto.ts';
import type { BitRuns, ByteRuns } from './byte-runs.ts';
import type { ByteSource } from './byte-source.ts';
import { toProleptic } from './calendar.ts';
import type { IntegerRuns } from './runs.ts';
import { bytesOf } from '../../columnar/scratch.ts';
import type { Scratch, Scratches } from '../../columnar/scratch.ts';
import { toTimestamps } from './timestamps.ts';
import type { TimestampRules } from './timestamps.ts';

/** Values as they stand in a page of Parquet, and how many they are: all or some of those asked for. */
interface Encoded {
  count: number;
  bytes: Uint8Array;
}

/**
 * The values of a column outside of NULLs, in Parquet's encoding PLAIN (or the indexes of a dictionary). Gives up
 * to `count` of them, at least one when `count` is not 0; they may be overwritten by the next call. Throws OrcError
 * when there are none left or one is damaged.
 */
export type Values = (count: number) => Encoded;

/*
 * The loops are functions of their own throughout: `Values` are made for every column of every stripe, and what stands in
 * them would be compiled again for each.
 */

/** Infinity is what the engine takes the outermost days for. */
const MAX_DAY = 2 ** 31 - 2;

export function booleans(bits: BitRuns): Values {
  return (count) => {
    const bytes = new Uint8Array(Math.ceil(count / 8));
    packBits(bits, count, bytes);
    return { count, bytes };
  };
}

/** Parquet has the first value in the lowest bit. */
function packBits(bits: BitRuns, count: number, bytes: Uint8Array): void {
  for (let i = 0; i < count; i++) bytes[i >> 3]! |= bits.next() << (i & 7);
}

/** Bytes, as Parquet's 32-bit integers. */
export function tinyints(runs: ByteRuns, memory: Scratches): Values {
  const scratch = memory.take();
  return (count) => {
    const out = scratch.integers(count);
    readTinyints(runs, out);
    return { count, bytes: bytesOf(out) };
  };
}

function readTinyints(runs: ByteRuns, out: Int32Array): void {
  for (let i = 0; i < out.length; i++) out[i] = (runs.next() << 24) >> 24;
}

/** Integers of `bits` (16 or 32) as Parquet's 32-bit integers. */
export function integers(runs: IntegerRuns, bits: number, memory: Scratches): Values {
  const own = new Integers32(runs, memory);
  return (count) => {
    const out = own.next(count);
    requireBits(out, bits);
    return { count, bytes: bytesOf(out) };
  };
}

function requireBits(values: Int32Array, bits: number): void {
  const shift = 32 - bits;
  for (let i = 0; i < values.length; i++) {
    if ((values[i]! << shift) >> shift !== values[i]) throw new OrcError(`an integer exceeds ${bits} bits`);
  }
}

export function bigints(runs: IntegerRuns, memory: Scratches): Values {
  const scratch = memory.take();
  return (count) => {
    const pairs = scratch.integers(2 * count);
    runs.read(pairs, count);
    return { count, bytes: bytesOf(pairs) };
  };
}

export function dates(runs: IntegerRuns, julian: boolean, memory: Scratches): Values {
  const own = new Integers32(runs, memory);
  return (count) => {
    const out = own.next(count);
    toDays(out, julian);
    return { count, bytes: bytesOf(out) };
  };
}

function toDays(days: Int32Array, julian: boolean): void {
  for (let i = 0; i < days.length; i++) {
    if (julian) days[i] = toProleptic(days[i]!);
    if (Math.abs(days[i]!) > MAX_DAY) throw new OrcError('a date lies beyond all years');
  }
}

/** Floating-point numbers of `size` bytes stand in ORC as in Parquet. */
export function floats(source: ByteSource, size: number, memory: Scratches): Values {
  const scratch = memory.take();
  return (count) => {
    const bytes = scratch.bytes(size * count);
    source.copy(bytes, 0, bytes.length);
    return { count, bytes };
  };
}

export function timestamps(
  seconds: IntegerRuns,
  nanos: IntegerRuns,
  rules: TimestampRules,
  memory: Scratches,
): Values {
  const scratch = [memory.take(), memory.take()] as const;
  return (count) => {
    const pairs = scratch[0].integers(2 * count);
    const fractions = scratch[1].integers(2 * count);
    seconds.read(pairs, count);
    nanos.read(fractions, count);
    toTimestamps(pairs, fractions, count, rules);
    return { count, bytes: bytesOf(pairs) };
  };
}

/** Integers that must fit 32 bits. */
export class Integers32 {
  readonly #runs: IntegerRuns;
  readonly #scratch: Scratch;

  constructor(runs: IntegerRuns, memory: Scratches) {
    this.#runs = runs;
    this.#scratch = memory.take();
  }

  /** Overwritten by the next call. Throws OrcError for numbers beyond 32 bits. */
  next(count: number): Int32Array<ArrayBuffer> {
    const pairs = this.#scratch.integers(2 * count);
    this.#runs.read(pairs, count);
    narrow(pairs, count);
    return pairs.subarray(0, count);
  }
}

/** The low words, one after another; in place, for they are never ahead of what is still to be read. */
function narrow(pairs: Int32Array, count: number): void {
  for (let i = 0; i < count; i++) {
    const value = pairs[2 * i]!;
    if (pairs[2 * i + 1] !== value >> 31) throw new OrcError('an integer exceeds 32 bits');
    pairs[i] = value;
  }
}
