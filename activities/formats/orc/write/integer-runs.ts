import { bitsOf, codeOfWidth, pack, widthFor } from './bit-widths.ts';
import type { ByteStream } from './byte-stream.ts';
import { writeVarint, zigzag } from './varint.ts';

/** Whole numbers between -2^51 and 2^51: their differences, with a sign, are still exact. */
export type Numbers = Float64Array | Int32Array;

const MAX_RUN = 512;
const MAX_SHORT_REPEAT = 10;
/** A run of equal steps ends the values before it only when it is longer than the headers that it costs. */
const WORTHWHILE_RUN = 8;
const MIN_REPEAT = 3;
/** A header, a full run of 64 bits each and two varints. */
const MAX_RUN_BYTES = 2 + 8 * MAX_RUN + 20;
const KIND = { direct: 0x40, delta: 0xc0 } as const;

const scratch = new Float64Array(MAX_RUN);

/**
 * Run length encoding, version 2: short repeats, direct and delta runs.
 * https://orc.apache.org/specification/ORCv1/#integer-run-length-encoding-version-2
 */
export function writeIntegers(out: ByteStream, values: Numbers, count: number, signed: boolean): void {
  for (let start = 0; start < count;) {
    const limit = Math.min(count, start + MAX_RUN);
    const run = repeats(values, start, count) ? start : findRun(values, start, limit, count);
    writeLiterals(out, values, start, run, signed);
    start = run;
    if (run === limit) continue;
    const length = runLength(values, run, count);
    writeRun(out, values, run, length, signed);
    start += length;
  }
}

function repeats(values: Numbers, start: number, count: number): boolean {
  if (start + MIN_REPEAT > count) return false;
  return values[start] === values[start + 1] && values[start] === values[start + 2];
}

/**
 * Where the first worthwhile run in [from, limit) begins, else `limit`. A window is looked at from its end: where a step
 * is another than the last one, no run begins before it, so that most values of others than runs are not looked at.
 */
function findRun(values: Numbers, from: number, limit: number, count: number): number {
  for (let start = from; start < limit && start + WORTHWHILE_RUN <= count;) {
    let at = start + WORTHWHILE_RUN - 1;
    const step = values[at]! - values[at - 1]!;
    do at--;
    while (at > start && step === values[at]! - values[at - 1]!);
    if (at === start) return start;
    start = at;
  }
  return limit;
}

/** How many values from `start` on lie equally far apart. */
function runLength(values: Numbers, start: number, count: number): number {
  const end = Math.min(count, start + MAX_RUN);
  const step = values[start + 1]! - values[start]!;
  let at = start + 2;
  while (at < end && step === values[at]! - values[at - 1]!) at++;
  return at - start;
}

function writeRun(out: ByteStream, values: Numbers, start: number, length: number, signed: boolean): void {
  const first = values[start]!;
  const step = values[start + 1]! - first;
  const base = signed ? zigzag(first) : first;
  const { buffer } = out;
  let at = out.reserve(MAX_RUN_BYTES);
  if (step === 0 && length <= MAX_SHORT_REPEAT) {
    const bytes = Math.max(1, Math.ceil(bitsOf(base) / 8));
    buffer[at] = ((bytes - 1) << 3) | (length - MIN_REPEAT);
    scratch[0] = base;
    at = pack(buffer, at + 1, scratch, 0, 1, bytes * 8);
  } else {
    at = writeHeader(buffer, at, KIND.delta, 0, length);
    at = writeVarint(buffer, writeVarint(buffer, at, base), zigzag(step));
  }
  out.commit(at);
}

function writeLiterals(out: ByteStream, values: Numbers, from: number, to: number, signed: boolean): void {
  const length = to - from;
  if (length === 0) return;
  let highest = 0;
  let rising = true;
  let falling = true;
  let steepest = 0;
  for (let i = 0; i < length; i++) {
    const value = values[from + i]!;
    const code = signed ? zigzag(value) : value;
    if (code > highest) highest = code;
    scratch[i] = code;
    if (i === 0) continue;
    const step = value - values[from + i - 1]!;
    if (step < 0) rising = false;
    else if (step > 0) falling = false;
    if (i > 1) steepest = Math.max(steepest, Math.abs(step));
  }
  const width = widthFor(bitsOf(highest));
  // the first step tells the direction
  const steady = (rising || falling) && length > 2 && values[from] !== values[from + 1];
  const deltaWidth = Math.max(2, widthFor(bitsOf(steepest)));
  const { buffer } = out;
  let at = out.reserve(MAX_RUN_BYTES);
  if (steady && deltaWidth < width) {
    const base = scratch[0]!;
    const first = values[from + 1]! - values[from]!;
    for (let i = 2; i < length; i++) scratch[i] = Math.abs(values[from + i]! - values[from + i - 1]!);
    at = writeHeader(buffer, at, KIND.delta, deltaWidth, length);
    at = writeVarint(buffer, writeVarint(buffer, at, base), zigzag(first));
    at = pack(buffer, at, scratch, 2, length, deltaWidth);
  } else {
    at = writeHeader(buffer, at, KIND.direct, width, length);
    at = pack(buffer, at, scratch, 0, length, width);
  }
  out.commit(at);
}

function writeHeader(buffer: Buffer, at: number, kind: number, width: number, length: number): number {
  buffer[at] = kind | (codeOfWidth(width) << 1) | ((length - 1) >>> 8);
  buffer[at + 1] = (length - 1) & 255;
  return at + 2;
}
