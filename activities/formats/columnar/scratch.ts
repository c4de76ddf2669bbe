/** Bytes. */
const MOST_KEPT = 4 * 1024 * 1024;

/**
 * Memory that is used again and again: memory outside of the heap that comes and goes makes the garbage
 * collector run all the time. What was taken before is given again, with anything in it.
 */
export class Scratch {
  #memory = new ArrayBuffer(0);

  bytes(count: number): Buffer<ArrayBuffer> {
    return Buffer.from(this.#atLeast(count), 0, count);
  }

  integers(count: number): Int32Array<ArrayBuffer> {
    return new Int32Array(this.#atLeast(4 * count), 0, count);
  }

  #atLeast(bytes: number): ArrayBuffer {
    if (bytes <= this.#memory.byteLength) return this.#memory;
    // a single large piece is not worth keeping
    if (bytes > MOST_KEPT) return new ArrayBuffer(bytes);
    // a little more next time, so that it does not grow with every batch
    this.#memory = new ArrayBuffer(Math.min(MOST_KEPT, Math.ceil(bytes * 1.25)));
    return this.#memory;
  }
}

/** Several of them for one piece of work after another. */
export class Scratches {
  readonly #all: Scratch[] = [];
  #taken = 0;

  /** One that nothing else uses until `reuse` is called. */
  take(): Scratch {
    return (this.#all[this.#taken++] ??= new Scratch());
  }

  /** What was taken may be given again. */
  reuse(): void {
    this.#taken = 0;
  }
}

export function bytesOf({ buffer, byteOffset, byteLength }: Int32Array<ArrayBuffer>): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
