import { OrcError } from '../proto.ts';
import type { Blocks } from './blocks.ts';

const EMPTY = Buffer.alloc(0);
/** Bytes of the longest base-128 number of 64 bits. */
const VARINT_BYTES = 10;

/**
 * The decoded bytes of a stream, block by block. What is next lies in `bytes` from `position` on; decoders
 * look there directly after asking for the bytes they need.
 */
export class ByteSource {
  bytes: Buffer = EMPTY;
  position = 0;
  /** The last number read by `varint`. */
  low = 0;
  high = 0;
  readonly #blocks: Blocks;

  constructor(blocks: Blocks) {
    this.#blocks = blocks;
  }

  /** Brings the next `count` bytes into `bytes`, or all that are left if they are fewer. */
  prefetch(count: number): void {
    while (this.bytes.length - this.position < count) {
      const block = this.#blocks.next();
      if (block === undefined) return;
      const rest = this.bytes.subarray(this.position);
      this.bytes = rest.length === 0 ? block : Buffer.concat([rest, block]);
      this.position = 0;
    }
  }

  /** Brings the next `count` bytes into `bytes`, and throws OrcError when there are fewer. */
  require(count: number): void {
    if (this.bytes.length - this.position >= count) return;
    this.prefetch(count);
    if (this.bytes.length - this.position < count) throw endsEarly();
  }

  byte(): number {
    if (this.position === this.bytes.length) this.require(1);
    return this.bytes[this.position++]!;
  }

  /** Copies the next `count` bytes. */
  copy(target: Uint8Array, at: number, count: number): void {
    let done = 0;
    while (done < count) {
      if (this.position === this.bytes.length) this.require(1);
      const step = Math.min(count - done, this.bytes.length - this.position);
      target.set(this.bytes.subarray(this.position, this.position + step), at + done);
      this.position += step;
      done += step;
    }
  }

  /** Reads a base-128 number of at most 64 bits into `low` and `high`. */
  varint(): void {
    if (this.bytes.length - this.position < VARINT_BYTES) this.prefetch(VARINT_BYTES);
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.bytes[this.position++];
      if (byte === undefined) throw endsEarly();
      const part = byte & 127;
      if (shift < 28) low |= part << shift;
      else if (shift === 28) {
        low |= part << 28;
        high = part >>> 4;
      } else high |= part << (shift - 32);
      if (byte < 128) {
        this.low = low;
        this.high = high;
        return;
      }
    }
    throw new OrcError('a number is longer than 10 bytes');
  }

  /** The same for a number whose sign is its lowest bit. */
  signedVarint(): void {
    this.varint();
    const sign = -(this.low & 1);
    this.low = ((this.low >>> 1) | (this.high << 31)) ^ sign;
    this.high = (this.high >>> 1) ^ sign;
  }
}

export function endsEarly(): OrcError {
  return new OrcError('a stream ends too early');
}
