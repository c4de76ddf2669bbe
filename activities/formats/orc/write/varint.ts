/** Numbers without a sign for those with one: 0, -1, 1, -2, ... become 0, 1, 2, 3, ... */
export const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);

/** A number from 0 to 2^54 in base 128, the lowest 7 bits first. Returns the position behind. */
export function writeVarint(buffer: Buffer, at: number, value: number): number {
  let position = at;
  let rest = value;
  while (rest > 0x7fffffff) {
    buffer[position++] = (rest & 127) | 128;
    rest = Math.floor(rest / 128);
  }
  while (rest > 127) {
    buffer[position++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  buffer[position++] = rest;
  return position;
}

/** The same for a signed number of 128 bits, zigzag-coded: four words from `from` on, the lowest first. */
export function writeSigned128(buffer: Buffer, at: number, words: Int32Array, from: number): number {
  const sign = words[from + 3]! >> 31;
  let w0 = words[from]!;
  let w1 = words[from + 1]!;
  let w2 = words[from + 2]!;
  let w3 = words[from + 3]!;
  w3 = ((w3 << 1) | (w2 >>> 31)) ^ sign;
  w2 = ((w2 << 1) | (w1 >>> 31)) ^ sign;
  w1 = ((w1 << 1) | (w0 >>> 31)) ^ sign;
  w0 = (w0 << 1) ^ sign;
  let position = at;
  while ((w1 | w2 | w3) !== 0) {
    buffer[position++] = (w0 & 127) | 128;
    w0 = (w0 >>> 7) | (w1 << 25);
    w1 = (w1 >>> 7) | (w2 << 25);
    w2 = (w2 >>> 7) | (w3 << 25);
    w3 >>>= 7;
  }
  return writeVarint(buffer, position, w0 >>> 0);
}
