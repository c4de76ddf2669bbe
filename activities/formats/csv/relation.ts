import { literal } from '../../engine/engine.ts';
import type { Column } from '../format.ts';
import type { Dialect } from './dialect.ts';

/** Bytes; a longer record is refused. Bounds the engine's buffers. */
export const LONGEST_RECORD = 16 * 1024 * 1024;
const USUAL_RECORD = 2 * 1024 * 1024;

/** How the lines of one chunk end, and how long they get: what the engine must be told. */
export interface Lines {
  crlf: number;
  lf: number;
  longestRecord: number;
}

/**
 * Table expression for a local CSV file without header. Nothing is guessed. Only what is not quoted can
 * be NULL. The types are applied by the engine's casts, which accept more than DDC does
 * (`1.5` as BIGINT 2, an offset in a TIMESTAMP ignored): only read what the scanner has passed.
 */
export function readCsv(
  file: string,
  columns: readonly Pick<Column, 'name' | 'type'>[],
  lines: Lines,
  dialect: Dialect,
): string {
  const types = columns.map(({ name, type }) => `${literal(name)}: ${literal(type)}`).join(', ');
  const long = lines.longestRecord >= USUAL_RECORD;
  const options = [
    literal(file),
    'header=false',
    'auto_detect=false',
    `columns={${types}}`,
    `delim=${literal(dialect.delimiter)}`,
    `quote=${literal(dialect.quote)}`,
    `escape=${literal(dialect.escape)}`,
    `nullstr=${literal(dialect.nullValue)}`,
    'allow_quoted_nulls=false',
    'null_padding=false',
    `new_line='${lines.crlf > 0 ? String.raw`\r\n` : String.raw`\n`}'`,
    // The strict parser refuses a mixture of line ends; the scanner has vouched for the rest. Not set to true,
    // its default: DuckDB 1.5.5 then reads no row from a file of `,\r\n`.
    ...(lines.crlf > 0 && lines.lf > 0 ? ['strict_mode=false'] : []),
    // from begin to end instead of from guessed places; in an engine of one thread that costs nothing
    'parallel=false',
    `max_line_size=${long ? LONGEST_RECORD : USUAL_RECORD}`,
    `buffer_size=${long ? 2 * LONGEST_RECORD : 4 * USUAL_RECORD}`,
  ];
  return `read_csv(${options.join(', ')})`;
}
