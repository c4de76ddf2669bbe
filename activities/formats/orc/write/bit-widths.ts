/** Widths that readers decode fastest, by their code in a run's header; the others are deprecated. */
const CODES: Readonly<Record<number, number>> = {
  0: 0,
  1: 0,
  2: 1,
  4: 3,
  8: 7,
  16: 15,
  24: 23,
  32: 27,
  40: 28,
  48: 29,
  56: 30,
  64: 31,
};

export const codeOfWidth = (width: number): number => CODES[width]!;

/** Bits of a number from 0 to 2^54. */
export function bitsOf(value: number): number {
  return value < 4294967296 ? 32 - Math.clz32(value) : 64 - Math.clz32(value / 4294967296);
}

/** The narrowest width of at least one bit that holds so many bits. */
export function widthFor(bits: number): number {
  if (bits > 4) return (bits + 7) & ~7;
  return bits > 2 ? 4 : Math.max(1, bits);
}

/**
 * Packs numbers from 0 to 2^54 into `buffer` at `at`, `width` bits each, the highest bit first; the last byte is
 * filled up. Returns the position behind.
 */
export function pack(
  buffer: Buffer,
  at: number,
  values: Float64Array,
  from: number,
  to: number,
  width: number,
): number {
  let position = at;
  if (width < 8) {
    let held = 0;
    let free = 8;
    for (let i = from; i < to; i++) {
      free -= width;
      held |= values[i]! << free;
      if (free > 0) continue;
      buffer[position++] = held;
      held = 0;
      free = 8;
    }
    if (free < 8) buffer[position++] = held;
    return position;
  }
  for (let i = from; i < to; i++) {
    const value = values[i]!;
    if (width > 32) {
      const high = Math.floor(value / 4294967296);
      for (let shift = width - 40; shift >= 0; shift -= 8) buffer[position++] = high >>> shift;
    }
    const low = value >>> 0;
    if (width > 24) buffer[position++] = low >>> 24;
    if (width > 16) buffer[position++] = low >>> 16;
    if (width > 8) buffer[position++] = low >>> 8;
    buffer[position++] = low;
  }
  return position;
}
