import { OrcError } from '../proto.ts';
import { endsEarly } from './byte-source.ts';
import type { ByteSource } from './byte-source.ts';
import type { IntegerRuns } from './runs.ts';
import { bytesOf } from '../../columnar/scratch.ts';
import type { Scratches } from '../../columnar/scratch.ts';
import { Integers32 } from './values.ts';
import type { Values } from './values.ts';

/** Groups of seven bits that 128 bits take. */
const MAX_GROUPS = 19;
/** Digits after the point that one byte can tell. */
const MAX_SCALE = 127;
/** Beyond so much of the largest number, comparing as double is not enough. */
const NEARLY = 0.999;

/** Decimals of up to 18 digits, in 8 bytes each. Throws OrcError for what does not fit the column's type. */
export function longDecimals(
  source: ByteSource,
  scales: IntegerRuns,
  precision: number,
  scale: number,
  memory: Scratches,
): Values {
  const type = new DecimalType(precision, scale);
  const own = new Integers32(scales, memory);
  const scratch = memory.take();
  return (count) => {
    const pairs = scratch.integers(2 * count);
    const ownScales = own.next(count);
    readLong(source, ownScales, type, pairs);
    return { count, bytes: bytesOf(pairs) };
  };
}

/** Decimals of up to 38 digits, in 16 bytes each, the highest first. */
export function hugeDecimals(
  source: ByteSource,
  scales: IntegerRuns,
  precision: number,
  scale: number,
  memory: Scratches,
): Values {
  const type = new DecimalType(precision, scale);
  const own = new Integers32(scales, memory);
  const scratch = memory.take();
  return (count) => {
    const bytes = scratch.bytes(16 * count);
    const ownScales = own.next(count);
    readHuge(source, ownScales, type, bytes);
    return { count, bytes };
  };
}

function readLong(source: ByteSource, scales: Int32Array, type: DecimalType, pairs: Int32Array): void {
  const { roughLimit, scale } = type;
  for (let i = 0; i < scales.length; i++) {
    source.signedVarint();
    const { low, high } = source;
    pairs[2 * i] = low;
    pairs[2 * i + 1] = high;
    const rough = high * 2 ** 32 + (low >>> 0);
    if (scales[i] === scale && rough < roughLimit && rough > -roughLimit) continue;
    const value = type.fit((BigInt(high) << 32n) | BigInt(low >>> 0), scales[i]!);
    pairs[2 * i] = Number(BigInt.asIntN(32, value));
    pairs[2 * i + 1] = Number(value >> 32n);
  }
}

function readHuge(source: ByteSource, scales: Int32Array, type: DecimalType, bytes: Buffer): void {
  const { roughLimit, scale } = type;
  /** The present number, the lowest word first. */
  const words = new Int32Array(4);
  for (let i = 0; i < scales.length; i++) {
    readWords(source, words);
    const rough = words[3]! * 2 ** 96 + (words[2]! >>> 0) * 2 ** 64 + (words[1]! >>> 0) * 2 ** 32;
    if (scales[i] !== scale || Math.abs(rough) >= roughLimit) {
      const value = type.fit(bigintOf(words), scales[i]!);
      for (let k = 0; k < 4; k++) words[k] = Number(BigInt.asIntN(32, value >> BigInt(32 * k)));
    }
    for (let k = 0; k < 4; k++) bytes.writeInt32BE(words[3 - k]!, 16 * i + 4 * k);
  }
}

class DecimalType {
  readonly scale: number;
  /** Surely fits what is smaller, at the column's scale. */
  readonly roughLimit: number;
  readonly #precision: number;
  readonly #limit: bigint;

  constructor(precision: number, scale: number) {
    this.#precision = precision;
    this.scale = scale;
    this.#limit = 10n ** BigInt(precision);
    this.roughLimit = NEARLY * 10 ** precision;
  }

  /** An unscaled number brought from its own scale to the column's; must fit there exactly. */
  fit(value: bigint, own: number): bigint {
    const scaled = this.#rescale(value, own);
    if (scaled >= this.#limit || scaled <= -this.#limit) {
      throw new OrcError(`a decimal has more than the ${this.#precision} digits of its type`);
    }
    return scaled;
  }

  #rescale(value: bigint, own: number): bigint {
    if (own < 0 || own > MAX_SCALE) throw new OrcError(`a decimal has ${own} digits after the point`);
    const change = 10n ** BigInt(Math.abs(this.scale - own));
    if (own <= this.scale) return value * change;
    if (value % change === 0n) return value / change;
    throw new OrcError(`a decimal has more than the ${this.scale} digits after the point of its type`);
  }
}

/** A signed base-128 number of up to 128 bits. */
function readWords(source: ByteSource, words: Int32Array): void {
  if (source.bytes.length - source.position < MAX_GROUPS) source.prefetch(MAX_GROUPS);
  const { bytes } = source;
  let position = source.position;
  words.fill(0);
  for (let group = 0; ; group++) {
    const byte = bytes[position++];
    if (byte === undefined) throw endsEarly();
    if (group === MAX_GROUPS) throw new OrcError('a decimal has more than 128 bits');
    const bit = 7 * group;
    const word = bit >> 5;
    const shift = bit & 31;
    const part = byte & 127;
    words[word]! |= part << shift;
    if (shift > 25 && word < 3) words[word + 1]! |= part >>> (32 - shift);
    if (byte < 128) break;
  }
  source.position = position;
  const sign = -(words[0]! & 1);
  for (let i = 0; i < 3; i++) words[i] = ((words[i]! >>> 1) | (words[i + 1]! << 31)) ^ sign;
  words[3] = (words[3]! >>> 1) ^ sign;
}

function bigintOf(words: Int32Array): bigint {
  return words.reduceRight((value, word) => (value << 32n) | BigInt(word >>> 0), words[3]! < 0 ? -1n : 0n);
}
