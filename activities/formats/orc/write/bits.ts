import { writeByteRuns } from './byte-runs.ts';
import type { ByteStream } from './byte-stream.ts';

/** A list of bits, the first one in the highest bit of the first byte: what PRESENT streams and booleans are. */
export class Bits {
  #bytes = new Uint8Array(1024);
  #length = 0;
  #ones = 0;

  get length(): number {
    return this.#length;
  }

  get ones(): number {
    return this.#ones;
  }

  push(bit: boolean): void {
    const at = this.#length >>> 3;
    if (at === this.#bytes.length) this.#grow();
    if (bit) {
      this.#bytes[at]! |= 128 >>> (this.#length & 7);
      this.#ones++;
    }
    this.#length++;
  }

  /** `count` times true. */
  pushOnes(count: number): void {
    let left = count;
    for (; left > 0 && (this.#length & 7) !== 0; left--) this.push(true);
    const bytes = left >>> 3;
    const at = this.#length >>> 3;
    while (at + bytes > this.#bytes.length) this.#grow();
    this.#bytes.fill(255, at, at + bytes);
    this.#length += 8 * bytes;
    this.#ones += 8 * bytes;
    for (left -= 8 * bytes; left > 0; left--) this.push(true);
  }

  writeTo(out: ByteStream): void {
    writeByteRuns(out, this.#bytes, (this.#length + 7) >>> 3);
  }

  #grow(): void {
    const grown = new Uint8Array(2 * this.#bytes.length);
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}
