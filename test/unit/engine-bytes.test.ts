import { expect, test } from '@jest/globals';
import { DuckDBBlobVector, DuckDBScalarFunction, BLOB, BOOLEAN } from '@duckdb/node-api';
import * as fc from 'fast-check';
import { eachBytes } from '../../activities/engine/functions/bytes.ts';
import { withEngine } from '../../activities/engine/duckdb.ts';
import { runs } from '../support/runs.ts';

test('bytes of neighbours, read together, are those of each one read alone', async () => {
  let read: unknown[] = [];
  let alone: unknown[] = [];
  const copy = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes).toString());
  const probe = DuckDBScalarFunction.create({
    name: 'probe',
    parameterTypes: [BLOB],
    returnType: BOOLEAN,
    mainFunction(_info, input, output) {
      const vector = input.getColumnVector(0) as DuckDBBlobVector;
      eachBytes(vector, input.rowCount, (bytes) => read.push(copy(bytes)));
      for (let row = 0; row < input.rowCount; row += 1) {
        alone.push(copy(vector.getItemBytes(row)));
        output.setItem(row, true);
      }
      output.flush();
    },
  });
  const length = fc.oneof(fc.nat(30), fc.constant(null));
  // As they come from a table, copied side by side, shared by all rows, and in another order.
  const shape = fc.constantFrom(
    'encode(s)',
    "encode(s || '')",
    'encode(max(s) OVER ())',
    'encode(s) ORDER BY i DESC',
  );
  await withEngine({ directory: '/nonexistent', memoryLimit: 256e6, functions: [probe] }, async (engine) => {
    await fc.assert(
      fc.asyncProperty(fc.array(length, { minLength: 1, maxLength: 100 }), shape, async (lengths, form) => {
        read = [];
        alone = [];
        const rows = lengths.map(
          (each, i) => `(${i}, ${each === null ? 'NULL' : `'${String(i % 10).repeat(each)}'`})`,
        );
        const [value, order = ''] = form.split(' ORDER');
        const source = `(SELECT * FROM (VALUES ${rows.join(', ')}) v(i, s)${order && ` ORDER${order}`})`;
        await engine.query(`SELECT probe(b) FROM (SELECT ${value} AS b FROM ${source})`);
        expect(read).toEqual(alone);
      }),
      { numRuns: runs(100) },
    );
  });
});

test('a vector that hides its memory is read value by value', () => {
  const values = [Buffer.from('one'), null, Buffer.from('three')];
  const vector = Object.create(DuckDBBlobVector.prototype, {
    getItemBytes: { value: (row: number) => values[row] },
  }) as DuckDBBlobVector;
  const read: (Uint8Array | null)[] = [];
  eachBytes(vector, 3, (bytes) => read.push(bytes));
  expect(read).toEqual(values);
});
