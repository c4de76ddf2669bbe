import { TransferError } from '../../failures.ts';
import type { RangeReader } from '../format.ts';
import { afterNewline, unitOf } from './encoding.ts';
import type { Encoding } from './encoding.ts';
import { LONGEST_RECORD } from './relation.ts';

/** Bytes asked for beyond a chunk's end to find its last newline; then in steps that double. */
const OVERREAD = 64 * 1024;

/** Offsets are multiples of the encoding's unit, or the object's end. */
export interface SliceBounds {
  /** Nominal: the chunk begins after the first newline that ends at or after `start`. */
  start: number;
  /** Nominal: it ends after the first newline that ends at or after `end`. */
  end: number;
  /** `start` is the begin of a record already: the first chunk, or a plan of exact cuts. */
  startExact: boolean;
  endExact: boolean;
}

/** Bytes of an object and where they are in it. */
export interface Piece {
  at: number;
  bytes: Uint8Array;
}

/**
 * The bytes between the newlines of a chunk's bounds; one ranged read unless the record across the end is longer
 * than 64 KiB.
 */
export async function* records(
  reader: RangeReader,
  { start, end, startExact, endExact }: SliceBounds,
  encoding: Encoding,
  onRead: (bytes: number) => void,
): AsyncGenerator<Piece> {
  const unit = unitOf(encoding);
  let offset = startExact ? start : start - unit;
  let seeking = !startExact;
  let overread = endExact ? 0 : OVERREAD;
  let done = offset >= end;
  for (let limit = end; !done; overread *= 2) {
    limit = Math.min(limit + overread, reader.size);
    for await (let bytes of inUnits(await reader.read(offset, limit), unit)) {
      let at = offset;
      offset += bytes.length;
      onRead(bytes.length);
      // what is left of an over-read is drained, so that the connection can be used again
      if (done) continue;
      if (seeking) {
        const begin = afterNewline(encoding, bytes, 0);
        if ((begin < 0 ? offset : at + begin - unit) >= end - unit) {
          // no record begins in this chunk
          done = true;
          continue;
        }
        if (begin < 0) continue;
        seeking = false;
        bytes = bytes.subarray(begin);
        at += begin;
      }
      if (!endExact && at + bytes.length >= end) {
        const last = afterNewline(encoding, bytes, Math.max(0, end - unit - at));
        if (last >= 0) {
          done = true;
          bytes = bytes.subarray(0, last);
        }
      }
      if (bytes.length > 0) yield { at, bytes };
    }
    if (offset >= reader.size || endExact) return;
    if (offset - end > LONGEST_RECORD) {
      throw new TransferError(
        'MalformedData',
        `${reader.location}: the record at byte ${end} is longer than ${LONGEST_RECORD} bytes`,
      );
    }
  }
}

/** Pieces that hold whole code units, but for the last one. */
function inUnits(pieces: AsyncIterable<Uint8Array>, unit: 1 | 2): AsyncIterable<Uint8Array> {
  return unit === 1 ? pieces : inPairs(pieces);
}

async function* inPairs(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = new Uint8Array();
  for await (const piece of pieces) {
    const all = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    const even = all.length - (all.length % 2);
    rest = all.subarray(even);
    if (even > 0) yield all.subarray(0, even);
  }
  if (rest.length > 0) yield rest;
}
