import type { ByteSource } from './byte-source.ts';

/** No run of either version is longer. */
const MAX_RUN = 512;

/** Integers in runs: decodes one run at a time and hands its values out. */
export abstract class IntegerRuns {
  protected readonly source: ByteSource;
  protected readonly signed: boolean;
  /** Where the present run is decoded to, as pairs of words (see bits.ts), and its number of values. */
  protected run = new Int32Array(0);
  protected length = 0;
  readonly #own = new Int32Array(2 * MAX_RUN);
  #position = 0;

  constructor(source: ByteSource, signed: boolean) {
    this.source = source;
    this.signed = signed;
  }

  /** The next `count` values as pairs of words. Throws OrcError when there are fewer. */
  read(out: Int32Array<ArrayBuffer>, count: number): void {
    let done = 0;
    while (done < count) {
      if (this.#position === this.length) {
        // no copy where any run fits
        const fits = count - done >= MAX_RUN;
        this.run = fits ? out.subarray(2 * done, 2 * (done + MAX_RUN)) : this.#own;
        this.decodeRun();
        this.#position = fits ? this.length : 0;
        if (fits) done += this.length;
        continue;
      }
      const step = Math.min(count - done, this.length - this.#position);
      out.set(this.run.subarray(2 * this.#position, 2 * (this.#position + step)), 2 * done);
      this.#position += step;
      done += step;
    }
  }

  /** Decodes the next run into `run` and sets `length` to 1 or more. */
  protected abstract decodeRun(): void;

  /** A number of the source, in `source.low` and `source.high`. */
  protected varint(): void {
    if (this.signed) this.source.signedVarint();
    else this.source.varint();
  }

  /**
   * From `run[from]` on, every number is the sum of itself and the one before it; subtracted where
   * `negative`.
   */
  protected accumulate(from: number, length: number, negative: boolean): void {
    const { run } = this;
    let low = run[2 * from - 2]!;
    let high = run[2 * from - 1]!;
    for (let i = 2 * from; i < 2 * length; i += 2) {
      if (negative) {
        const difference = (low >>> 0) - (run[i]! >>> 0);
        high = (high - run[i + 1]! - (difference < 0 ? 1 : 0)) | 0;
        low = difference | 0;
      } else {
        const sum = (low >>> 0) + (run[i]! >>> 0);
        high = (high + run[i + 1]! + (sum > 0xffffffff ? 1 : 0)) | 0;
        low = sum | 0;
      }
      run[i] = low;
      run[i + 1] = high;
    }
  }
}
