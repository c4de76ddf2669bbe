import { codeOfWidth, widthFor } from './bit-widths.ts';
import type { ByteStream } from './byte-stream.ts';
import { writeIntegers } from './integer-runs.ts';

const MAX_RUN = 512;
const MAX_BYTES = 2 + 8 * MAX_RUN;
const DIRECT = 0x40;

const narrow = new Float64Array(MAX_RUN);
const wide = new Int32Array(2 * MAX_RUN);

/**
 * Signed 64-bit integers, each as its low and its high half, in run length encoding version 2. Numbers are fast up
 * to 51 bits; stretches with larger ones are written directly.
 */
export function writeLongs(out: ByteStream, halves: Int32Array): void {
  for (let start = 0; start < halves.length; start += 2 * MAX_RUN) {
    const end = Math.min(halves.length, start + 2 * MAX_RUN);
    if (toNumbers(halves, start, end)) writeIntegers(out, narrow, (end - start) >>> 1, true);
    else writeDirect(out, halves, start, end);
  }
}

/** Into `narrow`; false when one does not fit. */
function toNumbers(halves: Int32Array, start: number, end: number): boolean {
  for (let i = start; i < end; i += 2) {
    const high = halves[i + 1]!;
    if (high >= 0x80000 || high < -0x80000) return false;
    narrow[(i - start) >>> 1] = high * 4294967296 + (halves[i]! >>> 0);
  }
  return true;
}

function writeDirect(out: ByteStream, halves: Int32Array, start: number, end: number): void {
  let highest = 0;
  for (let i = start; i < end; i += 2) {
    const low = halves[i]!;
    const high = halves[i + 1]!;
    const sign = high >> 31;
    wide[i - start] = (low << 1) ^ sign;
    wide[i - start + 1] = ((high << 1) | (low >>> 31)) ^ sign;
    highest |= wide[i - start + 1]!;
  }
  const width = widthFor(64 - Math.clz32(highest));
  const length = (end - start) >>> 1;
  const { buffer } = out;
  let at = out.reserve(MAX_BYTES);
  buffer[at++] = DIRECT | (codeOfWidth(width) << 1) | ((length - 1) >>> 8);
  buffer[at++] = (length - 1) & 255;
  for (let i = 0; i < 2 * length; i += 2) {
    const high = wide[i + 1]!;
    for (let shift = width - 40; shift >= 0; shift -= 8) buffer[at++] = high >>> shift;
    at = buffer.writeInt32BE(wide[i]!, at);
  }
  out.commit(at);
}
