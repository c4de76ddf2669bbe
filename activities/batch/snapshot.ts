import { identifier } from '../engine/engine.ts';
import type { Engine } from '../engine/engine.ts';
import { TransferError } from '../failures.ts';
import type { Column } from '../formats/format.ts';
import { findColumn } from '../transforms/columns.ts';
import { rowOfNulls } from '../engine/expressions.ts';

/**
 * Changes read as data: of every key the record of the largest offset counts, and none when its value is NULL (a
 * deletion). What comes out are the fields of the value. Source: Fybrik's mover, "Snapshot".
 */
export interface Snapshot {
  /** Names of the columns. */
  key: string;
  value: string;
  /** Absent: later rows, in the order of the objects' keys, replace earlier ones. */
  offset?: string;
}

const PATH = 'spec.readDataType';

/** The source with all its pieces in one chunk. MalformedData when it holds no changes. */
export function asSnapshot<Source extends { columns: Column[]; chunks: unknown[][] }>(
  source: Source,
  location: string,
): Source & { snapshot: Snapshot } {
  return { ...source, chunks: [source.chunks.flat()], snapshot: snapshotOf(source.columns, location) };
}

function snapshotOf(columns: readonly Column[], location: string): Snapshot {
  const named = (name: string): string | undefined => findColumn(name, columns, PATH)?.name;
  const [key, value, offset] = ['key', 'value', 'offset'].map(named);
  const type = columns.find(({ name }) => name === value)?.type;
  if (key === undefined || value === undefined || type?.startsWith('STRUCT(') !== true || type.endsWith(']'))
    throw new TransferError(
      'MalformedData',
      `${PATH}: ${location} holds no change data: it needs a column key and a column value with fields, and may have a column offset; it has ${columns
        .map((column) => `${column.name} ${column.type}`)
        .join(', ')}`,
    );
  return { key, value, ...(offset === undefined ? {} : { offset }) };
}

/** The columns of a snapshot: the fields of the value. */
export async function snapshotColumns(
  engine: Engine,
  columns: readonly Column[],
  { value }: Snapshot,
): Promise<Column[]> {
  const fields = await engine.columns(`SELECT ${identifier(value)}.* FROM ${rowOfNulls(columns)}`);
  return fields.map((field) => ({ ...field, nullable: true }));
}

/** The snapshot of a relation, in the order of the offsets, so that a repeated attempt gives the same. */
export function snapshotRelation(relation: string, { key, value, offset }: Snapshot): string {
  const position = offset === undefined ? 'row_number() OVER ()' : identifier(offset);
  const changes = `SELECT ${identifier(key)} AS k, {'v': ${identifier(value)}} AS r, ${position} AS p FROM ${relation}`;
  const last = `SELECT k, arg_max(r, p) AS r, max(p) AS p FROM (${changes}) GROUP BY k`;
  const kept = `SELECT r.v AS v FROM (${last}) WHERE r.v IS NOT NULL ORDER BY p, CAST(k AS VARCHAR)`;
  return `(SELECT v.* FROM (${kept}))`;
}
