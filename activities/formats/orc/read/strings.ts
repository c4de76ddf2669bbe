import { isUtf8 } from 'node:buffer';
import { OrcError } from '../proto.ts';
import type { ByteSource } from './byte-source.ts';
import { OrcLimit } from './errors.ts';
import type { IntegerRuns } from './runs.ts';
import type { Scratch, Scratches } from '../../columnar/scratch.ts';
import { Integers32 } from './values.ts';
import type { Values } from './values.ts';

/** Bytes of values in one page, unless a single one is longer. */
const PAGE_BYTES = 1024 * 1024;
/** Of a single value, or of all values of a dictionary. */
const MAX_BYTES = 128 * 1024 * 1024;
const MAX_DICTIONARY = 1 << 23;
/** Bytes before every value in Parquet's encoding PLAIN. */
const LENGTH_BYTES = 4;
/** Below so many bytes a loop is faster than a call. */
const SHORT = 64;

/** Texts (`utf8`) or bytes. Gives as many as fit a page. */
export function strings(lengths: IntegerRuns, source: ByteSource, utf8: boolean, memory: Scratches): Values {
  const own = new Integers32(lengths, memory);
  const scratch = { raw: memory.take(), out: memory.take() };
  let pending = new Int32Array(0);
  return (count) => {
    if (pending.length === 0) pending = checked(own.next(count));
    const taken = firstPage(pending.subarray(0, count));
    const page = pending.subarray(0, taken);
    pending = pending.subarray(taken);
    return { count: taken, bytes: plain(page, source, utf8, scratch) };
  };
}

/** All values of a dictionary, in PLAIN. */
export function dictionary(
  lengths: IntegerRuns,
  source: ByteSource,
  size: number,
  utf8: boolean,
  memory: Scratches,
): Uint8Array {
  if (size > MAX_DICTIONARY) {
    throw new OrcLimit(`a dictionary has ${size} values; at most ${MAX_DICTIONARY} are supported`);
  }
  const own = checked(new Integers32(lengths, memory).next(size));
  const total = own.reduce((sum, length) => sum + length, 0);
  if (total > MAX_BYTES) throw tooLong('a dictionary', total);
  return plain(own, source, utf8, { raw: memory.take(), out: memory.take() });
}

function checked(lengths: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  for (const length of lengths) {
    if (length < 0) throw new OrcError('the length of a value is none');
    if (length > MAX_BYTES) throw tooLong('a value', length);
  }
  return lengths;
}

function tooLong(what: string, bytes: number): OrcLimit {
  return new OrcLimit(`${what} has ${bytes} bytes; at most ${MAX_BYTES} are supported`);
}

function firstPage(lengths: Int32Array): number {
  let bytes = 0;
  for (let i = 0; i < lengths.length; i++) {
    bytes += lengths[i]!;
    if (bytes > PAGE_BYTES) return Math.max(i, 1);
  }
  return lengths.length;
}

function plain(
  lengths: Int32Array,
  source: ByteSource,
  utf8: boolean,
  scratch: { raw: Scratch; out: Scratch },
): Uint8Array {
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const raw = scratch.raw.bytes(total);
  source.copy(raw, 0, total);
  if (utf8) requireUtf8(raw, lengths);
  const out = scratch.out.bytes(total + LENGTH_BYTES * lengths.length);
  let from = 0;
  let to = 0;
  for (let i = 0; i < lengths.length; i++) {
    const length = lengths[i]!;
    out[to] = length;
    out[to + 1] = length >> 8;
    out[to + 2] = length >> 16;
    out[to + 3] = length >> 24;
    to += LENGTH_BYTES;
    if (length < SHORT) for (let k = 0; k < length; k++) out[to + k] = raw[from + k]!;
    else raw.copy(out, to, from, from + length);
    from += length;
    to += length;
  }
  return out;
}

/** Every value is UTF-8 when all together are and none begins inside of a character. */
function requireUtf8(raw: Buffer, lengths: Int32Array): void {
  let valid = isUtf8(raw);
  let from = 0;
  for (let i = 0; valid && i < lengths.length; i++) {
    // an empty value begins where the next one does
    if (lengths[i]! > 0) valid = (raw[from]! & 0xc0) !== 0x80;
    from += lengths[i]!;
  }
  if (!valid) throw new OrcError('a text is not UTF-8');
}
