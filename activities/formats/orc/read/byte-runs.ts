import type { ByteSource } from './byte-source.ts';

const MIN_REPEATS = 3;

/** Bytes in runs. */
export class ByteRuns {
  readonly #source: ByteSource;
  #left = 0;
  /** The byte that repeats; undefined when the bytes of the run differ. */
  #repeated: number | undefined;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  next(): number {
    if (this.#left === 0) {
      const control = this.#source.byte();
      this.#left = control < 128 ? control + MIN_REPEATS : 256 - control;
      this.#repeated = control < 128 ? this.#source.byte() : undefined;
    }
    this.#left--;
    return this.#repeated ?? this.#source.byte();
  }
}

/** Booleans: the bits of bytes in runs, highest bit first. */
export class BitRuns {
  readonly #bytes: ByteRuns;
  #bits = 0;
  #byte = 0;

  constructor(source: ByteSource) {
    this.#bytes = new ByteRuns(source);
  }

  /** 1 or 0. */
  next(): number {
    if (this.#bits === 0) {
      this.#byte = this.#bytes.next();
      this.#bits = 8;
    }
    this.#bits--;
    return (this.#byte >> this.#bits) & 1;
  }
}
