import { z } from 'zod';
import { identifier } from '../engine/engine.ts';
import { requireColumns } from './columns.ts';
import type { Transform, TransformColumn } from './transform.ts';

/** Algorithm -> engine function. `sha2` is SHA-512, as in the mover that DDC succeeds. */
const ALGORITHMS = new Map([
  ['md5', 'md5'],
  ['sha1', 'sha1'],
  ['sha256', 'sha256'],
  ['sha512', 'ddc_sha512'],
  ['sha2', 'ddc_sha512'],
]);

const options = z.strictObject({
  algo: z
    .string()
    .default('md5')
    .transform((value, context) => {
      const algorithm = ALGORITHMS.get(value.toLowerCase());
      if (algorithm !== undefined) return algorithm;
      context.addIssue(
        `Algorithm '${value}' is not supported! Supported: ${[...ALGORITHMS.keys()].join(', ')}`,
      );
      return z.NEVER;
    })
    .describe('Digest algorithm: md5, sha1, sha256, sha512 or sha2 (the same as sha512).'),
});

/**
 * Replaces values by the lower-case hex digest of their text (of their bytes where the column is binary). Nulls
 * stay null. Equal values have equal digests within a transfer, whatever the format they came in.
 */
export const digestColumns: Transform<z.output<typeof options>> = {
  action: 'DigestColumns',
  aliases: ['DigestColumn', 'Digest'],
  description: 'Replaces the values of the listed columns by their digest; nulls stay null.',
  options,
  effect(relation, columns, { algo }, context) {
    const digested = requireColumns(columns, relation, context.path, 'DigestColumns');
    return Promise.resolve({
      replace: Object.fromEntries(
        digested.map((column) => [column.name, { sql: digest(column, algo), type: 'VARCHAR' }]),
      ),
    });
  },
};

function digest(column: TransformColumn, call: string): string {
  const name = identifier(column.name);
  if (column.type === 'BLOB') return `${call}(${name})`;
  const text = `CAST(${name} AS VARCHAR)`;
  return call === 'ddc_sha512' ? `${call}(encode(${text}))` : `${call}(${text})`;
}
