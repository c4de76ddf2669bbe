import type { Page } from '../../columnar/pages.ts';
import type { ColumnStatistics } from '../messages.ts';
import { STREAM } from '../messages.ts';
import { Bits } from './bits.ts';
import type { Compression } from './blocks.ts';
import { ByteStream } from './byte-stream.ts';
import type { WrittenStream } from './column-writer.ts';
import { writeIntegers } from './integer-runs.ts';
import type { OrcColumn } from './orc-schema.ts';

/** Which of a column's places hold a value and, for lists and maps, how many elements: told from Parquet's levels. */
export class LevelReader {
  readonly column: OrcColumn;
  readonly #present = new Bits();
  #lengths = new Int32Array(1024);
  #lists = 0;

  constructor(column: OrcColumn) {
    this.column = column;
  }

  read({ entries, count, definitions, repetitions }: Page): void {
    const { slot, present, repetition } = this.column;
    // without lists, and with all of the leaf's values there
    if (repetitions === undefined && count === entries) {
      this.#present.pushOnes(entries);
      return;
    }
    for (let i = 0; i < entries; i++) {
      const defined = definitions === undefined ? 0 : definitions[i]!;
      if (defined < slot) continue;
      if (repetitions !== undefined && repetitions[i]! > repetition) continue;
      this.#present.push(defined >= present);
    }
    if (this.column.elements !== undefined) this.#count(this.column.elements, definitions, repetitions);
  }

  /** An entry begins a list, or adds one element to the one before, or belongs to a list within an element. */
  #count(elements: number, definitions: Uint8Array | undefined, repetitions: Uint8Array | undefined): void {
    const { present, repetition } = this.column;
    for (let i = 0; i < (definitions?.length ?? 0); i++) {
      const defined = definitions![i]!;
      const repeated = repetitions?.[i] ?? 0;
      if (defined < present || repeated > repetition + 1) continue;
      const element = defined >= elements ? 1 : 0;
      if (repeated > repetition) this.#lengths[this.#lists - 1]! += element;
      else this.#begin(element);
    }
  }

  #begin(elements: number): void {
    if (this.#lists === this.#lengths.length) {
      const grown = new Int32Array(2 * this.#lengths.length);
      grown.set(this.#lengths);
      this.#lengths = grown;
    }
    this.#lengths[this.#lists++] = elements;
  }

  /** The streams that the levels make, and what statistics they tell. A column without NULL has no PRESENT. */
  finish(compression: Compression): { streams: WrittenStream[]; statistics: ColumnStatistics } {
    const streams: WrittenStream[] = [];
    const values = this.#present.ones;
    const hasNull = values < this.#present.length;
    if (hasNull) {
      const out = new ByteStream(compression);
      this.#present.writeTo(out);
      streams.push({ kind: STREAM.present, pieces: out.finish() });
    }
    const statistics: ColumnStatistics = { numberOfValues: BigInt(values), hasNull };
    if (this.column.elements === undefined) return { streams, statistics };
    const lengths = this.#lengths.subarray(0, this.#lists);
    const out = new ByteStream(compression);
    writeIntegers(out, lengths, lengths.length, false);
    streams.push({ kind: STREAM.length, pieces: out.finish() });
    return { streams, statistics: { ...statistics, ...collectionStatistics(lengths) } };
  }
}

function collectionStatistics(lengths: Int32Array): ColumnStatistics {
  if (lengths.length === 0) return {};
  let least = Infinity;
  let most = 0;
  let total = 0;
  for (const length of lengths) {
    least = Math.min(least, length);
    most = Math.max(most, length);
    total += length;
  }
  return {
    collectionStatistics: {
      minChildren: BigInt(least),
      maxChildren: BigInt(most),
      totalChildren: BigInt(total),
    },
  };
}
