import {
  BIGINT,
  BLOB,
  type DuckDBBlobValue,
  DuckDBDataChunk,
  DuckDBScalarFunction,
  INTEGER,
  type DuckDBType,
} from '@duckdb/node-api';
import { allBytes, eachBytes } from './bytes.ts';

/** One value of a row -> what becomes of it. Not called for NULL, which stays NULL. */
export type OfValue = (bytes: Uint8Array, row: number) => string | number | bigint | DuckDBBlobValue;

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

/** Which of a run's values it is: no other one has the same place, and a repeated attempt gives it again. */
export interface Place {
  /** Transformation, label and object as one text. */
  name: string;
  /** Of the row. */
  number: bigint;
}

export function placeOf(call: Call): (row: number) => Place {
  const index = String(call.constant(0));
  const [objects, rows, labels] = [call.texts(1), call.numbers(2), call.texts(3)];
  let last = { object: '', label: '', name: '' };
  return (row) => {
    const [object, label] = [objects(row), labels(row)];
    // Neither a number nor a column's name holds what separates them.
    if (object !== last.object || label !== last.label)
      last = { object, label, name: `${index}\0${label}\0${object}` };
    return { name: last.name, number: rows(row) };
  };
}
