import { identifier, literal } from '../../engine/engine.ts';
import type { Column, WrittenChunk } from '../format.ts';
import { LONGEST_WRITTEN } from './parser.ts';

/** Beyond so many digits the engine's JSON reader rounds. */
const EXACT_DIGITS = 15;

/** What a result file holds, every column as JSON. Each result is lines or an array of its own. */
export function readBack(
  file: string,
  columns: readonly Pick<Column, 'name'>[],
  { options: { json } }: WrittenChunk,
): string {
  const types = columns.map(({ name }) => `${literal(name)}: 'JSON'`).join(', ');
  const { layout = 'lines', compression = 'none' } = json ?? {};
  const parameters = [
    literal(file),
    `format=${literal(layout === 'array' ? 'array' : 'newline_delimited')}`,
    `columns={${types}}`,
    'records=true',
    `compression=${literal(compression === 'none' ? 'uncompressed' : compression)}`,
    `maximum_object_size=${LONGEST_WRITTEN}`,
  ];
  return `read_json(${parameters.join(', ')})`;
}

/**
 * Numbers that may have a fraction as doubles; all else as JSON text. Of nested decimals that the reader would round,
 * only whether they are there.
 */
export function compared({ name, type }: Pick<Column, 'name' | 'type'>, side: 'rows' | 'file'): string {
  const value = identifier(name);
  if (/^(FLOAT|DOUBLE|DECIMAL\(\d+,\s*\d+\))$/.test(type))
    return side === 'rows'
      ? `CAST(${value} AS DOUBLE)`
      : `CAST(trim(CAST(${value} AS VARCHAR), '"') AS DOUBLE)`;
  const digits = [...type.matchAll(/DECIMAL\((\d+)/g)].map(([, width]) => Number(width));
  if (digits.some((width) => width > EXACT_DIGITS)) return `${value} IS NULL`;
  const text = `CAST(${side === 'rows' ? `to_json(${value})` : value} AS VARCHAR)`;
  return /FLOAT|DOUBLE/.test(type) ? withoutQuotes(text) : text;
}

/** JSON has no such numbers: they are written as strings. */
function withoutQuotes(text: string): string {
  return ['NaN', 'Infinity', '-Infinity'].reduce(
    (sql, word) => `replace(${sql}, ${literal(`"${word}"`)}, ${literal(word)})`,
    text,
  );
}
