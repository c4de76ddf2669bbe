import { identifier, literal } from '../engine/engine.ts';
import type { Column, FetchedChunk } from '../formats/format.ts';
import { fitted, fittedText, type SourceValue } from './fit-values.ts';
import type { PartitionValues } from './plan.ts';

export interface FetchedPiece {
  fetched: Pick<FetchedChunk, 'relation' | 'textRelation'>;
  columns: readonly Column[];
  partition?: PartitionValues;
}

export interface Relations {
  relation: string;
  textRelation?: string;
}

/**
 * The pieces one after the other, each with all columns of the data set. `exact`: their types are given ones, and a value
 * that does not fit its type fails with MISFIT; else values are cast.
 */
export function chunkRelation(
  pieces: readonly FetchedPiece[],
  columns: readonly Column[],
  exact = false,
): Relations {
  const [only] = pieces;
  if (
    !exact &&
    pieces.length === 1 &&
    only!.partition === undefined &&
    only!.columns.length === columns.length
  )
    if (only!.columns.every(({ name, type }, index) => isColumn(columns[index]!, name, type)))
      return only!.fetched;
  const relation = union(pieces, (piece) => typed(piece, columns, exact));
  const texts = pieces.every(({ fetched }) => fetched.textRelation !== undefined);
  return texts
    ? { relation, textRelation: union(pieces, (piece) => text(piece, columns, exact)) }
    : { relation };
}

const isColumn = (column: Column, name: string, type: string): boolean =>
  column.name === name && column.type === type;

function union(pieces: readonly FetchedPiece[], select: (piece: FetchedPiece) => string): string {
  return `(${pieces.map(select).join(' UNION ALL ')})`;
}

/** What a piece has for the columns of the data set. */
export function sourceValues(
  { columns: own, partition }: FetchedPiece,
  columns: readonly Column[],
): SourceValue[] {
  return columns.map((column) => {
    const found = own.find(({ name }) => name === column.name);
    return found === undefined
      ? { sql: `CAST(${constant(partition, column.name)} AS VARCHAR)`, own: 'VARCHAR', column }
      : { sql: identifier(column.name), own: found.type, column };
  });
}

function typed(piece: FetchedPiece, columns: readonly Column[], exact: boolean): string {
  const expressions = sourceValues(piece, columns).map((value) => {
    const { sql, own, column } = value;
    const name = identifier(column.name);
    if (exact) return `${fitted(value)} AS ${name}`;
    return own === column.type && sql === name ? name : `CAST(${sql} AS ${column.type}) AS ${name}`;
  });
  return `SELECT ${expressions.join(', ')} FROM ${piece.fetched.relation}`;
}

function text(piece: FetchedPiece, columns: readonly Column[], exact: boolean): string {
  const expressions = sourceValues(piece, columns).map((value) => {
    const sql = exact ? fittedText({ ...value, own: 'VARCHAR' }) : value.sql;
    const name = identifier(value.column.name);
    return sql === name ? name : `${sql} AS ${name}`;
  });
  return `SELECT ${expressions.join(', ')} FROM ${piece.fetched.textRelation}`;
}

function constant(partition: PartitionValues | undefined, name: string): string {
  const value = partition !== undefined && Object.hasOwn(partition, name) ? partition[name] : undefined;
  return value === undefined || value === null ? 'NULL' : literal(value);
}
