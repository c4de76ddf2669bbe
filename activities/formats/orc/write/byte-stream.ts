import { BLOCK_BYTES } from './blocks.ts';
import type { Compression } from './blocks.ts';

/** The most that can be reserved at once. */
const SLACK_BYTES = 16 * 1024;
/** Up to so many bytes a loop is faster than a call. */
const SHORT_BYTES = 64;

/** Buffers of finished streams: a file has thousands of streams, a column a few at a time. */
const spare: Buffer[] = [];

/** One stream of a column: bytes go in, compressed blocks come out. */
export class ByteStream {
  /** Where `reserve` lets write. */
  readonly buffer = spare.pop() ?? Buffer.allocUnsafe(BLOCK_BYTES + SLACK_BYTES);
  readonly #compression: Compression;
  readonly #pieces: Buffer[] = [];
  #length = 0;

  constructor(compression: Compression) {
    this.#compression = compression;
  }

  /** Position in `buffer` from which `bytes` bytes (at most 16 KiB) may be written; `commit` says how many were. */
  reserve(bytes: number): number {
    if (this.#length + bytes > this.buffer.length) this.#flush();
    return this.#length;
  }

  /** What was reserved is written up to the position `end`. */
  commit(end: number): void {
    this.#length = end;
  }

  /** Bytes [start, end) of `source`. */
  write(source: Uint8Array, start: number, end: number): void {
    if (end - start <= SHORT_BYTES) {
      let at = this.reserve(SHORT_BYTES);
      const { buffer } = this;
      for (let i = start; i < end; i++) buffer[at++] = source[i]!;
      this.#length = at;
      return;
    }
    for (let from = start; from < end;) {
      if (this.#length >= BLOCK_BYTES) this.#flush();
      const part = Math.min(end - from, this.buffer.length - this.#length);
      this.buffer.set(source.subarray(from, from + part), this.#length);
      this.#length += part;
      from += part;
    }
  }

  /** All that was written, as it stands in the file. The stream cannot be used any more. */
  finish(): Buffer[] {
    while (this.#length > 0) this.#flush();
    spare.push(this.buffer);
    return this.#pieces;
  }

  #flush(): void {
    const taken = Math.min(this.#length, BLOCK_BYTES);
    this.#pieces.push(...this.#compression.compress(this.buffer.subarray(0, taken)));
    this.buffer.copyWithin(0, taken, this.#length);
    this.#length -= taken;
  }
}

/** A whole section at once. */
export function compressSection(bytes: Buffer, compression: Compression): Buffer[] {
  const stream = new ByteStream(compression);
  stream.write(bytes, 0, bytes.length);
  return stream.finish();
}
