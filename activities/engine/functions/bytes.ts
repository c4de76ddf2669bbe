import { DuckDBBlobVector, type DuckDBVector } from '@duckdb/node-api';

/** What DuckDBBlobVector keeps to itself: strings as the engine has them, 16 bytes each. */
interface RawStrings {
  dataView: DataView;
  validity: { itemValid(row: number): boolean };
  vector: ConstructorParameters<typeof DuckDBBlobVector>[2];
}

/** Bytes read at once at most. */
const MAX_RUN = 1024 * 1024;
/** The engine keeps texts up to this length in the vector itself. */
const INLINE = 12;

/**
 * Calls `each` with the bytes of every row, null for NULL. Longer values cost a call into the engine of about 1 us;
 * values that lie side by side in memory (results of `||` do) are read by one call together. The bytes are valid
 * during the call only.
 */
export function eachBytes(
  vector: DuckDBVector,
  rows: number,
  each: (bytes: Uint8Array | null, row: number) => void,
): void {
  if (!(vector instanceof DuckDBBlobVector)) throw new TypeError('the argument is not of type BLOB');
  const raw = vector as unknown as RawStrings;
  // The library may rename its fields.
  if (!(raw.dataView instanceof DataView) || typeof raw.validity?.itemValid !== 'function') {
    for (let row = 0; row < rows; row += 1) each(vector.getItemBytes(row), row);
    return;
  }
  const run = new NeighbourReader(raw);
  for (let row = 0; row < rows; row += 1) each(run.bytes(row, rows), row);
}

/** The bytes of every row; for short ones. */
export function allBytes(vector: DuckDBVector, rows: number): (Uint8Array | null)[] {
  const all: (Uint8Array | null)[] = [];
  eachBytes(vector, rows, (bytes) => all.push(bytes));
  return all;
}

class NeighbourReader {
  readonly #raw: RawStrings;
  /** What was read last: memory [start, end) of the engine. */
  #start = 0;
  #end = 0;
  #bytes: Uint8Array = new Uint8Array();

  constructor(raw: RawStrings) {
    this.#raw = raw;
  }

  bytes(row: number, rows: number): Uint8Array | null {
    const { dataView, validity } = this.#raw;
    if (!validity.itemValid(row)) return null;
    const length = dataView.getUint32(row * 16, true);
    if (length <= INLINE) return new Uint8Array(dataView.buffer, dataView.byteOffset + row * 16 + 4, length);
    const start = this.#pointer(row);
    if (start < this.#start || start + length > this.#end) this.#read(row, rows, start, start + length);
    // Most often the same value in all rows, e.g. the object's name.
    if (start === this.#start && start + length === this.#end) return this.#bytes;
    return this.#bytes.subarray(start - this.#start, start - this.#start + length);
  }

  /** Addresses have 48 bits, which a number holds. */
  #pointer(row: number): number {
    const { dataView } = this.#raw;
    return dataView.getUint32(row * 16 + 8, true) + dataView.getUint32(row * 16 + 12, true) * 2 ** 32;
  }

  /** Reads the value and those of the next rows that begin where the one before ends: memory of values only. */
  #read(row: number, rows: number, start: number, firstEnd: number): void {
    const { dataView, validity, vector } = this.#raw;
    let end = firstEnd;
    for (let next = row + 1; next < rows && end - start < MAX_RUN; next += 1) {
      const length = dataView.getUint32(next * 16, true);
      if (length <= INLINE || !validity.itemValid(next)) continue;
      if (this.#pointer(next) !== end) break;
      end += length;
    }
    const together = new DataView(new ArrayBuffer(16));
    together.setUint32(0, end - start, true);
    together.setUint32(8, start % 2 ** 32, true);
    together.setUint32(12, Math.floor(start / 2 ** 32), true);
    const valid = { itemValid: () => true } as unknown as ConstructorParameters<typeof DuckDBBlobVector>[1];
    this.#bytes = new DuckDBBlobVector(together, valid, vector, 0, 1).getItemBytes(0)!;
    this.#start = start;
    this.#end = end;
  }
}
