import { literal } from '../../engine/engine.ts';
import type { Column } from '../format.ts';
import { LONGEST_WRITTEN } from './parser.ts';

/** Bytes of a record up to which the engine's usual buffers do. */
const USUAL_RECORD = 4 * 1024 * 1024;

/**
 * Table expression for a local file of one JSON object a line. Nothing is guessed. The engine casts what does not fit
 * (1.5 as BIGINT 2) and skips fields that are no columns: only read what the scanner has passed.
 */
export function readJson(
  file: string,
  columns: readonly Pick<Column, 'name' | 'type'>[],
  longestRecord: number,
): string {
  const types = columns.map(({ name, type }) => `${literal(name)}: ${literal(type)}`).join(', ');
  // values that are quoted take up to twice their bytes; those that were written are not
  const longest = longestRecord > USUAL_RECORD ? LONGEST_WRITTEN : USUAL_RECORD;
  const options = [
    literal(file),
    `format='newline_delimited'`,
    `columns={${types}}`,
    // else the engine takes an object for the value of the only column when none of its fields is one
    'records=true',
    `compression='uncompressed'`,
    `maximum_object_size=${longest}`,
  ];
  return `read_json(${options.join(', ')})`;
}
