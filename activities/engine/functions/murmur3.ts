/**
 * MurmurHash3_x86_32 (Austin Appleby, public domain) in its two forms. No npm package has Spark's; the standard one shares
 * all but the tail with it.
 */

const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;

/** The standard form, seed 0; 0..2^32-1. */
export function murmur3(bytes: Uint8Array): number {
  const words = bytes.length & ~3;
  let hash = hashWords(0, bytes, words);
  let tail = 0;
  for (let index = bytes.length - 1; index >= words; index -= 1) tail = (tail << 8) | bytes[index]!;
  if (words < bytes.length) hash ^= mixWord(tail);
  return finish(hash, bytes.length) >>> 0;
}

/**
 * Spark SQL's `hash()` of a text (Murmur3_x86_32.hashUnsafeBytes, seed 42): every byte of the tail is mixed like a word,
 * as a signed number. -2^31..2^31-1.
 */
export function sparkMurmur3(bytes: Uint8Array): number {
  const words = bytes.length & ~3;
  let hash = hashWords(42, bytes, words);
  for (let index = words; index < bytes.length; index += 1)
    hash = mixHash(hash, mixWord((bytes[index]! << 24) >> 24));
  return finish(hash, bytes.length) | 0;
}

/** Little-endian words of the first `end` bytes. */
function hashWords(seed: number, bytes: Uint8Array, end: number): number {
  let hash = seed;
  for (let index = 0; index < end; index += 4) {
    const word =
      bytes[index]! | (bytes[index + 1]! << 8) | (bytes[index + 2]! << 16) | (bytes[index + 3]! << 24);
    hash = mixHash(hash, mixWord(word));
  }
  return hash;
}

function mixWord(word: number): number {
  const mixed = Math.imul(word, C1);
  return Math.imul((mixed << 15) | (mixed >>> 17), C2);
}

function mixHash(hash: number, word: number): number {
  const mixed = hash ^ word;
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

function finish(hash: number, length: number): number {
  let mixed = hash ^ length;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
