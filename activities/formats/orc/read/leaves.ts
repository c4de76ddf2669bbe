import { KIND } from '../messages.ts';
import type { OrcType } from './types.ts';

/** A column of Parquet: what holds values, on any level of nesting. */
export interface Leaf {
  type: OrcType;
  /** From the column of the table down to `type`. `required`: the keys of a map. */
  way: { type: OrcType; required: boolean }[];
  /** Names of the schema's elements on the way. */
  pathInSchema: string[];
}

/** In Parquet's order, which is ORC's. */
export function leavesOf(columns: readonly OrcType[]): Leaf[] {
  return columns.flatMap((column) => below(column, false, { way: [], pathInSchema: [] }));
}

function below(type: OrcType, required: boolean, above: Omit<Leaf, 'type'>): Leaf[] {
  const way = [...above.way, { type, required }];
  const path = [...above.pathInSchema, type.name];
  if (type.children.length === 0) return [{ type, way, pathInSchema: path }];
  const inner = type.kind === KIND.list ? ['list'] : type.kind === KIND.map ? ['key_value'] : [];
  return type.children.flatMap((child, index) =>
    below(child, type.kind === KIND.map && index === 0, { way, pathInSchema: [...path, ...inner] }),
  );
}
