import { DuckDBScalarFunction, UBIGINT, UTINYINT, type DuckDBConnection } from '@duckdb/node-api';
import { identifier, type Engine } from './engine.ts';

/**
 * Checksums of columns that do not depend on the order of the rows: the sum of the engine's 64-bit hashes of the values.
 * They are held against each other within one version of the engine; from one to the next its hash may differ.
 */

const FUNCTION = 'ddc_checksum';
const WORD = 2 ** 32;

/** Sums up what passes through queries made by `checkedSelect`. */
export interface ChecksumMeter {
  /** Per column, in order, as decimal text; and starts anew. */
  take(columns: number): string[];
}

/** Once per instance, before `lock_configuration`. */
export function registerChecksums(connection: DuckDBConnection): ChecksumMeter {
  let sums: bigint[] = [];
  connection.registerScalarFunction(
    DuckDBScalarFunction.create({
      name: FUNCTION,
      parameterTypes: [],
      varArgsType: UBIGINT,
      returnType: UTINYINT,
      volatile: true,
      mainFunction(_info, input, output) {
        for (let column = 0; column < input.columnCount; column += 1)
          sums[column] = (sums[column] ?? 0n) + sumOf(itemsOf(input.getColumnVector(column)), input.rowCount);
        (itemsOf(output) as Uint8Array).fill(1, 0, input.rowCount);
        output.flush();
      },
    }),
  );
  return {
    take(columns) {
      const taken = Array.from({ length: columns }, (_, column) => String(sums[column] ?? 0n));
      sums = [];
      return taken;
    },
  };
}

/** Numeric vectors give their memory, though not in their common type. */
function itemsOf(vector: object): Uint8Array | BigUint64Array {
  return (vector as { items: Uint8Array | BigUint64Array }).items;
}

/** In halves, which a double sums exactly: adding BigInts one by one takes ten times as long. */
function sumOf({ buffer, byteOffset }: Uint8Array | BigUint64Array, rows: number): bigint {
  const halves = new Uint32Array(buffer, byteOffset, 2 * rows);
  let low = 0;
  let high = 0;
  for (let index = 0; index < halves.length; index += 2) {
    low += halves[index]!;
    high += halves[index + 1]!;
  }
  return BigInt(low) + BigInt(high) * BigInt(WORD);
}

/** The same rows; on their way the hashes of the expressions are added to the meter. */
export function checkedSelect(
  select: string,
  columns: readonly string[],
  expressions: readonly string[],
): string {
  const [first, ...rest] = columns.map(identifier);
  const hashes = expressions.map((expression) => `hash(${expression})`).join(', ');
  const checked = `CASE WHEN ${FUNCTION}(${hashes}) = 1 THEN ${first} END AS ${first}`;
  return `SELECT ${[checked, ...rest].join(', ')} FROM (${select})`;
}

/** The checksums of expressions over a relation. */
export async function checksumsOf(
  engine: Engine,
  relation: string,
  expressions: readonly string[],
): Promise<string[]> {
  const sums = expressions.map(
    (expression, index) => `CAST(coalesce(sum(hash(${expression})), 0) AS VARCHAR) AS s${index}`,
  );
  const [row] = await engine.query(`SELECT ${sums.join(', ')} FROM ${relation}`);
  return expressions.map((_, index) => String(row?.[`s${index}`]));
}
