import { identifier, literal } from '../engine/engine.ts';
import type { Column, FetchedChunk } from '../formats/format.ts';
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

/** The pieces one after the other, each with all columns of the data set. */
export function chunkRelation(pieces: readonly FetchedPiece[], columns: readonly Column[]): Relations {
  const [only] = pieces;
  if (pieces.length === 1 && only!.partition === undefined && only!.columns.length === columns.length)
    if (only!.columns.every(({ name, type }, index) => isColumn(columns[index]!, name, type)))
      return only!.fetched;
  const relation = union(pieces, (piece) => typed(piece, columns));
  const texts = pieces.every(({ fetched }) => fetched.textRelation !== undefined);
  return texts ? { relation, textRelation: union(pieces, (piece) => text(piece, columns)) } : { relation };
}

const isColumn = (column: Column, name: string, type: string): boolean =>
  column.name === name && column.type === type;

function union(pieces: readonly FetchedPiece[], select: (piece: FetchedPiece) => string): string {
  return `(${pieces.map(select).join(' UNION ALL ')})`;
}

function typed({ fetched, columns: own, partition }: FetchedPiece, columns: readonly Column[]): string {
  const expressions = columns.map(({ name, type }) => {
    const column = own.find((candidate) => candidate.name === name);
    if (column?.type === type) return identifier(name);
    const value = column === undefined ? constant(partition, name) : identifier(name);
    return `CAST(${value} AS ${type}) AS ${identifier(name)}`;
  });
  return `SELECT ${expressions.join(', ')} FROM ${fetched.relation}`;
}

function text({ fetched, columns: own, partition }: FetchedPiece, columns: readonly Column[]): string {
  const expressions = columns.map(({ name }) => {
    if (own.some((candidate) => candidate.name === name)) return identifier(name);
    return `CAST(${constant(partition, name)} AS VARCHAR) AS ${identifier(name)}`;
  });
  return `SELECT ${expressions.join(', ')} FROM ${fetched.textRelation}`;
}

function constant(partition: PartitionValues | undefined, name: string): string {
  const value = partition !== undefined && Object.hasOwn(partition, name) ? partition[name] : undefined;
  return value === undefined || value === null ? 'NULL' : literal(value);
}
