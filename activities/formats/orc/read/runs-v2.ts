import { OrcError } from '../proto.ts';
import { unpack, unZigzag } from './bits.ts';
import { IntegerRuns } from './runs.ts';

/** Bits by their code of five bits. */
const WIDTHS = [...Array.from({ length: 24 }, (_, code) => code + 1), 26, 28, 30, 32, 40, 48, 56, 64];
/** No run takes more: header, base, 512 values and 31 patches of 64 bits. */
const MAX_RUN_BYTES = 4 + 8 + 512 * 8 + 31 * 8;
const MIN_REPEATS = 3;

/** Run length encoding version 2 (Hive 0.12 and later). https://orc.apache.org/specification/ORCv1/ */
export class IntegerRunsV2 extends IntegerRuns {
  protected override decodeRun(): void {
    this.source.prefetch(MAX_RUN_BYTES);
    const header = this.source.byte();
    const kind = header >> 6;
    if (kind === 0) this.#shortRepeat(header);
    else {
      const code = (header >> 1) & 31;
      const length = (((header & 1) << 8) | this.source.byte()) + 1;
      if (kind === 1) this.#direct(WIDTHS[code]!, length);
      else if (kind === 2) this.#patchedBase(WIDTHS[code]!, length);
      // no width at all: all deltas are equal
      else this.#delta(code === 0 ? 0 : WIDTHS[code]!, length);
      this.length = length;
    }
  }

  #shortRepeat(header: number): void {
    const { run } = this;
    this.#packed(((header >> 3) & 7) * 8 + 8, 1, run);
    if (this.signed) unZigzag(run, 1);
    this.length = (header & 7) + MIN_REPEATS;
    this.#repeatFirst(this.length);
  }

  #repeatFirst(length: number): void {
    const { run } = this;
    const low = run[0]!;
    const high = run[1]!;
    for (let i = 1; i < length; i++) {
      run[2 * i] = low;
      run[2 * i + 1] = high;
    }
  }

  #direct(width: number, length: number): void {
    this.#packed(width, length, this.run);
    if (this.signed) unZigzag(this.run, length);
  }

  #delta(width: number, length: number): void {
    const { source, run } = this;
    this.varint();
    const [low, high] = [source.low, source.high];
    source.signedVarint();
    const [deltaLow, deltaHigh] = [source.low, source.high];
    const negative = deltaHigh < 0;
    if (width === 0) {
      run[0] = low;
      run[1] = high;
      if ((deltaLow | deltaHigh) === 0) {
        this.#repeatFirst(length);
        return;
      }
      for (let i = 1; i < length; i++) {
        run[2 * i] = deltaLow;
        run[2 * i + 1] = deltaHigh;
      }
      this.accumulate(1, length, false);
      return;
    }
    if (length < 2) throw new OrcError('a run of deltas has fewer than two values');
    this.#packed(width, length - 2, run.subarray(4));
    run[0] = low;
    run[1] = high;
    run[2] = deltaLow;
    run[3] = deltaHigh;
    this.accumulate(1, 2, false);
    this.accumulate(2, length, negative);
  }

  #patchedBase(width: number, length: number): void {
    const { source, run } = this;
    const third = source.byte();
    const fourth = source.byte();
    const baseBytes = (third >> 5) + 1;
    const patchWidth = WIDTHS[third & 31]!;
    const gapWidth = (fourth >> 5) + 1;
    const patches = fourth & 31;
    if (patchWidth + gapWidth > 64) throw new OrcError('patches of a run have more than 64 bits');
    const base = this.#signMagnitude(baseBytes);
    this.#packed(width, length, run);
    const list = new Int32Array(2 * patches);
    // a patch takes the next width that there is
    this.#packed(
      WIDTHS.find((bits) => bits >= patchWidth + gapWidth)!,
      patches,
      list,
    );
    let index = 0;
    for (let i = 0; i < patches; i++) {
      const entry = word(list, i);
      index += Number(entry >> BigInt(patchWidth));
      if (index >= length) throw new OrcError('a patch lies outside of its run');
      const patch = entry & ((1n << BigInt(patchWidth)) - 1n);
      setWord(run, index, word(run, index) | (patch << BigInt(width)));
    }
    const [baseLow, baseHigh] = [Number(base & 0xffffffffn), Number(BigInt.asIntN(32, base >> 32n))];
    for (let i = 0; i < 2 * length; i += 2) {
      const sum = baseLow + (run[i]! >>> 0);
      run[i] = sum | 0;
      run[i + 1] = (baseHigh + run[i + 1]! + (sum > 0xffffffff ? 1 : 0)) | 0;
    }
  }

  /** A number of whole bytes whose first bit is its sign. */
  #signMagnitude(bytes: number): bigint {
    const pair = new Int32Array(2);
    this.#packed(bytes * 8, 1, pair);
    const value = word(pair, 0);
    const sign = 1n << BigInt(bytes * 8 - 1);
    return (value & sign) === 0n ? value : -(value & (sign - 1n));
  }

  #packed(width: number, count: number, out: Int32Array): void {
    const { source } = this;
    const bytes = Math.ceil((width * count) / 8);
    source.require(bytes);
    unpack(source.bytes, source.position, width, count, out);
    source.position += bytes;
  }
}

function word(pairs: Int32Array, index: number): bigint {
  return (BigInt(pairs[2 * index + 1]! >>> 0) << 32n) | BigInt(pairs[2 * index]! >>> 0);
}

function setWord(pairs: Int32Array, index: number, value: bigint): void {
  pairs[2 * index] = Number(BigInt.asIntN(32, value));
  pairs[2 * index + 1] = Number(BigInt.asIntN(32, value >> 32n));
}
