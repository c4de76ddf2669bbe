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

  writeTo(out: ByteStream): void {
    writeByteRuns(out, this.#bytes, (this.#length + 7) >>> 3);
  }

  #grow(): void {
    const grown = new Uint8Array(2 * this.#bytes.length);
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}
