import { OrcError } from '../proto.ts';
import { endsEarly } from './byte-source.ts';
import type { ByteSource } from './byte-source.ts';

/** Groups of seven bits that 128 bits take. */
const MAX_GROUPS = 19;
/** Beyond so much of the largest number, comparing as double is not enough. */
const NEARLY = 0.999;

/**
 * Unscaled decimals: signed base-128 numbers of up to 128 bits, brought from the scale that each has to
 * the column's. Throws OrcError for a number that does not fit the column's type.
 */
export class Decimals {
  readonly #source: ByteSource;
  readonly #scale: number;
  readonly #limit: bigint;
  readonly #roughLimit: number;
  readonly #precision: number;
  /** The present number, four words of 32 bits, the lowest first. */
  readonly words = new Int32Array(4);

  constructor(source: ByteSource, precision: number, scale: number) {
    this.#source = source;
    this.#precision = precision;
    this.#scale = scale;
    this.#limit = 10n ** BigInt(precision);
    this.#roughLimit = NEARLY * 10 ** precision;
  }

  /** Reads the next number, whose own scale is `scale`, into `words`. */
  next(scale: number): void {
    this.#read();
    if (scale !== this.#scale) this.#rescale(scale);
    const { words } = this;
    const rough =
      ((words[3]! * 2 ** 32 + (words[2]! >>> 0)) * 2 ** 32 + (words[1]! >>> 0)) * 2 ** 32 + (words[0]! >>> 0);
    if (Math.abs(rough) >= this.#roughLimit) this.#check(this.#value());
  }

  #read(): void {
    const { source, words } = { source: this.#source, words: this.words };
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
      const part = byte & 127;
      words[word]! |= part << (bit & 31);
      if ((bit & 31) > 25 && word < 3) words[word + 1]! |= part >>> (32 - (bit & 31));
      if (byte < 128) break;
    }
    source.position = position;
    const sign = -(words[0]! & 1);
    for (let i = 0; i < 3; i++) words[i] = ((words[i]! >>> 1) | (words[i + 1]! << 31)) ^ sign;
    words[3] = (words[3]! >>> 1) ^ sign;
  }

  #rescale(scale: number): void {
    if (scale < 0 || scale > 127) throw new OrcError(`a decimal has ${scale} digits after the point`);
    const value = this.#value();
    const change = 10n ** BigInt(Math.abs(this.#scale - scale));
    if (scale > this.#scale && value % change !== 0n) {
      throw new OrcError(`a decimal has more than the ${this.#scale} digits after the point of its type`);
    }
    const scaled = scale > this.#scale ? value / change : value * change;
    this.#check(scaled);
    for (let i = 0; i < 4; i++) this.words[i] = Number(BigInt.asIntN(32, scaled >> BigInt(32 * i)));
  }

  #check(value: bigint): void {
    if (value >= this.#limit || value <= -this.#limit) {
      throw new OrcError(`a decimal has more than the ${this.#precision} digits of its type`);
    }
  }

  #value(): bigint {
    return this.words.reduceRight((value, word) => (value << 32n) | BigInt(word >>> 0), BigInt(-(this.words[3]! >>> 31)));
  }
}
