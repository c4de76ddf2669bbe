import {
  BIGINT,
  BLOB,
  DuckDBDataChunk,
  DuckDBScalarFunction,
  INTEGER,
  type DuckDBType,
} from '@duckdb/node-api';
import { allBytes, eachBytes } from './bytes.ts';

/** One value of a row -> what becomes of it. Not called for NULL, which stays NULL. */
export type OfValue = (bytes: Uint8Array, row: number) => string | number | bigint;

/** One call for up to 2,048 rows: the arguments before the value. */
export class Call {
  readonly #input: DuckDBDataChunk;

  constructor(input: DuckDBDataChunk) {
    this.#input = input;
  }

  /** An argument that is the same in all rows. */
  constant(index: number): unknown {
    return this.#input.getColumnVector(index).getItem(0);
  }

  /** Texts of a BLOB argument, which is the same in most rows. */
  texts(index: number): (row: number) => string {
    const all = allBytes(this.#input.getColumnVector(index), this.#input.rowCount);
    let last: { bytes: Uint8Array | null | undefined; text: string } = { bytes: null, text: '' };
    return (row) => {
      const bytes = all[row];
      if (bytes !== last.bytes) last = { bytes, text: Buffer.from(bytes ?? []).toString() };
      return last.text;
    };
  }

  /** Numbers of a BIGINT argument. */
  numbers(index: number): (row: number) => bigint {
    const vector = this.#input.getColumnVector(index);
    return (row) => vector.getItem(row) as bigint;
  }
}

/**
 * A vectorised scalar function of some arguments and, last, a BLOB. The engine is told that equal arguments give equal
 * results, and that NULL gives NULL.
 */
export function valueFunction(
  name: string,
  before: readonly DuckDBType[],
  returnType: DuckDBType,
  prepare: (call: Call) => OfValue,
): DuckDBScalarFunction {
  return DuckDBScalarFunction.create({
    name,
    parameterTypes: [...before, BLOB],
    returnType,
    mainFunction(_info, input, output) {
      const ofValue = prepare(new Call(input));
      // The engine calls for NULL rows too.
      eachBytes(input.getColumnVector(before.length), input.rowCount, (bytes, row) =>
        output.setItem(row, bytes === null ? null : ofValue(bytes, row)),
      );
      output.flush();
    },
  });
}

/** Arguments that tell a row and a value in it: transformation, object, row, label. See placeOf. */
export const PLACE = [INTEGER, BLOB, BIGINT, BLOB] as const;

/** Which value it is: a text that no other value of the run has, and that a repeated attempt gives it again. */
export function placeOf(call: Call): (row: number) => string {
  const index = String(call.constant(0));
  const [objects, rows, labels] = [call.texts(1), call.numbers(2), call.texts(3)];
  // Only the last part may hold what separates them.
  return (row) => `${index}\0${rows(row)}\0${labels(row)}\0${objects(row)}\0`;
}
