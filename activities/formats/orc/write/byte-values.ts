import type { Scratch } from '../../columnar/scratch.ts';
import { ThriftError } from '../../parquet/thrift.ts';

const LENGTH_BYTES = 4;

/** Byte strings of a plain page or a dictionary, each behind its length, found without copying any. */
export class ByteValues {
  readonly bytes: Buffer;
  readonly count: number;
  /** Where each value begins, and where one more would. */
  readonly #starts: Int32Array;

  /** `scratch`: where to keep the places of values that are soon done with. */
  constructor(bytes: Buffer, count: number, scratch?: Scratch) {
    this.bytes = bytes;
    this.count = count;
    this.#starts = scratch?.integers(count + 1) ?? new Int32Array(count + 1);
    findStarts(bytes, count, this.#starts);
  }

  start(index: number): number {
    return this.#starts[index]!;
  }

  end(index: number): number {
    return this.#starts[index + 1]! - LENGTH_BYTES;
  }
}

function findStarts(bytes: Buffer, count: number, starts: Int32Array): void {
  let position = LENGTH_BYTES;
  for (let i = 0; i < count; i++) {
    if (position > bytes.length) throw new ThriftError('a page ends too early');
    starts[i] = position;
    position += bytes.readUInt32LE(position - LENGTH_BYTES) + LENGTH_BYTES;
  }
  if (position - LENGTH_BYTES > bytes.length) throw new ThriftError('a page ends too early');
  starts[count] = position;
}

/** Least and greatest of byte strings; UTF-8 sorts by its bytes as by its characters. */
export class ByteBounds {
  #least: Range | undefined;
  #greatest: Range | undefined;

  add(bytes: Buffer, start: number, end: number): void {
    if (this.#least === undefined || this.#greatest === undefined) {
      this.#least = this.#greatest = { bytes, start, end };
    } else if (isBefore(bytes, start, end, this.#least)) this.#least = { bytes, start, end };
    else if (
      isBefore(this.#greatest.bytes, this.#greatest.start, this.#greatest.end, { bytes, start, end })
    ) {
      this.#greatest = { bytes, start, end };
    }
  }

  /** Undefined when there are no values. */
  bounds(): { least: Buffer; greatest: Buffer } | undefined {
    if (this.#least === undefined || this.#greatest === undefined) return undefined;
    return { least: contents(this.#least), greatest: contents(this.#greatest) };
  }
}

interface Range {
  bytes: Buffer;
  start: number;
  end: number;
}

const contents = ({ bytes, start, end }: Range): Buffer => bytes.subarray(start, end);

function isBefore(bytes: Buffer, start: number, end: number, other: Range): boolean {
  const length = Math.min(end - start, other.end - other.start);
  for (let i = 0; i < length; i++) {
    const difference = bytes[start + i]! - other.bytes[other.start + i]!;
    if (difference !== 0) return difference < 0;
  }
  return end - start < other.end - other.start;
}
