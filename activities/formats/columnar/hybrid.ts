import { ThriftError } from '../parquet/thrift.ts';

/** A dictionary of 16 million entries is beyond what any writer makes. */
const MAX_BITS = 24;

/**
 * Decodes Parquet's mixture of run lengths and bit-packed groups into `out`, as many values as it has room for.
 * https://github.com/apache/parquet-format/blob/master/Encodings.md#RLE
 */
export function decodeHybrid(bytes: Buffer, bits: number, out: Uint8Array | Int32Array): void {
  if (bits > MAX_BITS) throw new ThriftError(`${bits} bits a value`);
  const count = out.length;
  let position = 0;
  let filled = 0;
  while (filled < count) {
    let header = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = byteAt(bytes, position++);
      header |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    if ((header & 1) === 0) {
      let value = 0;
      for (let shift = 0; shift < bits; shift += 8) value |= byteAt(bytes, position++) << shift;
      const end = Math.min(count, filled + (header >>> 1));
      if (end === filled) throw new ThriftError('an empty run');
      out.fill(value, filled, end);
      filled = end;
    } else {
      const groups = header >>> 1;
      const wanted = Math.min(groups * 8, count - filled);
      if (wanted === 0 || position + Math.ceil((wanted * bits) / 8) > bytes.length) {
        throw new ThriftError('a page ends too early');
      }
      unpack(bytes, position, bits, out, filled, wanted);
      position += groups * bits;
      filled += wanted;
    }
  }
}

/** Bit-packed values, the least significant bit first. */
function unpack(
  bytes: Buffer,
  start: number,
  bits: number,
  out: Uint8Array | Int32Array,
  from: number,
  count: number,
): void {
  const mask = (1 << bits) - 1;
  let position = start;
  let held = 0;
  let heldBits = 0;
  for (let i = from; i < from + count; i++) {
    while (heldBits < bits) {
      held |= bytes[position++]! << heldBits;
      heldBits += 8;
    }
    out[i] = held & mask;
    held >>>= bits;
    heldBits -= bits;
  }
}

function byteAt(bytes: Buffer, position: number): number {
  const byte = bytes[position];
  if (byte === undefined) throw new ThriftError('a page ends too early');
  return byte;
}
