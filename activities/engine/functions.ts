import { hash } from 'node:crypto';
import {
  BLOB,
  DuckDBBlobVector,
  DuckDBScalarFunction,
  VARCHAR,
  type DuckDBConnection,
} from '@duckdb/node-api';

/**
 * Registers the functions that transformations need and the engine lacks. Before `lock_configuration`,
 * once per instance.
 */
export function registerFunctions(connection: DuckDBConnection): void {
  connection.registerScalarFunction(sha512());
}

/**
 * `ddc_sha512(BLOB) -> VARCHAR`: SHA-512 as 128 lower-case hex digits; NULL for NULL. Text goes through
 * `encode()`, which hands over its UTF-8 bytes without a copy.
 */
function sha512(): DuckDBScalarFunction {
  return DuckDBScalarFunction.create({
    name: 'ddc_sha512',
    parameterTypes: [BLOB],
    returnType: VARCHAR,
    mainFunction(_info, input, output) {
      const values = input.getColumnVector(0);
      if (!(values instanceof DuckDBBlobVector)) throw new TypeError('ddc_sha512 takes a BLOB');
      // The engine calls for NULL rows too.
      for (let row = 0; row < input.rowCount; row += 1) {
        const bytes = values.getItemBytes(row);
        output.setItem(row, bytes === null ? null : hash('sha512', bytes));
      }
      output.flush();
    },
  });
}
