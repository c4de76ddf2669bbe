/**
 * Integers are decoded to pairs of 32-bit words, low word first: that is a 64-bit little-endian integer in
 * memory, which is what Parquet wants, and it needs no bigint.
 */

/** Unpacks `count` big-endian numbers of `width` bits (1 to 64) into pairs from `out[0]` on. */
export function unpack(
  bytes: Uint8Array,
  start: number,
  width: number,
  count: number,
  out: Int32Array,
): void {
  if (width > 32) unpackWide(bytes, start, width >> 3, count, out);
  else if (width <= 24) unpackNarrow(bytes, start, width, count, out);
  else unpackMiddle(bytes, start, width, count, out);
}

function unpackNarrow(bytes: Uint8Array, start: number, width: number, count: number, out: Int32Array): void {
  const mask = (1 << width) - 1;
  let position = start;
  let bits = 0;
  let held = 0;
  for (let i = 0; i < count; i++) {
    while (bits < width) {
      // what is shifted out on the left was used before
      held = (held << 8) | bytes[position++]!;
      bits += 8;
    }
    bits -= width;
    out[2 * i] = (held >>> bits) & mask;
    out[2 * i + 1] = 0;
  }
}

/** 26, 28, 30 and 32 bits: the upper ones and the lower 16 apart. */
function unpackMiddle(bytes: Uint8Array, start: number, width: number, count: number, out: Int32Array): void {
  let position = start;
  let bits = 0;
  let held = 0;
  for (let i = 0; i < count; i++) {
    let value = 0;
    let missing = width;
    while (missing > 0) {
      if (bits === 0) {
        held = bytes[position++]!;
        bits = 8;
      }
      const step = Math.min(bits, missing);
      bits -= step;
      missing -= step;
      value = (value << step) | ((held >> bits) & ((1 << step) - 1));
    }
    out[2 * i] = value;
    out[2 * i + 1] = 0;
  }
}

/** 40, 48, 56 and 64 bits: whole bytes. */
function unpackWide(bytes: Uint8Array, start: number, size: number, count: number, out: Int32Array): void {
  let position = start;
  for (let i = 0; i < count; i++) {
    let high = 0;
    for (let k = 4; k < size; k++) high = (high << 8) | bytes[position++]!;
    out[2 * i] =
      (bytes[position]! << 24) |
      (bytes[position + 1]! << 16) |
      (bytes[position + 2]! << 8) |
      bytes[position + 3]!;
    out[2 * i + 1] = high;
    position += 4;
  }
}

/** Numbers whose lowest bit is their sign become two's complement, in place. */
export function unZigzag(pairs: Int32Array, count: number): void {
  for (let i = 0; i < 2 * count; i += 2) {
    const low = pairs[i]!;
    const high = pairs[i + 1]!;
    const sign = -(low & 1);
    pairs[i] = ((low >>> 1) | (high << 31)) ^ sign;
    pairs[i + 1] = (high >>> 1) ^ sign;
  }
}
