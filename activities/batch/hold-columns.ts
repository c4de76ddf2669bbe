import type { ColumnSchema } from '../../workflows/contract/metadata.ts';
import { identifier } from '../engine/engine.ts';
import type { CompiledSelect } from '../engine/select.ts';
import { arrowType } from '../formats/arrow-types.ts';
import type { Format } from '../formats/format.ts';

export interface HeldColumns {
  /** With a last layer of casts, where the writer does not take the types as they are. */
  select: CompiledSelect;
  /** What readers of the result find. The engine declares every column that it writes as nullable. */
  columns: ColumnSchema[];
  /** e.g. `x: uint64 -> decimal128(20, 0)` */
  conversions: string[];
}

/**
 * The result in the types that the target holds. Unsupported names a column that it cannot hold.
 * @param source name of the source's format
 */
export function holdColumns(
  select: CompiledSelect,
  format: Pick<Format, 'held'>,
  source?: string,
): HeldColumns {
  const columns = select.columns.map(({ name, type }) => {
    const held = format.held(type, name, source);
    return { name, from: type, type: held.type, arrow: held.arrow };
  });
  const layer = {
    columns: columns.map(({ name, from, type }) =>
      from === type ? { name } : { name, sql: `CAST(${identifier(name)} AS ${type})` },
    ),
  };
  const casts = columns.some(({ from, type }) => from !== type);
  return {
    select: casts
      ? {
          ...select,
          layers: [...select.layers, layer],
          columns: columns.map(({ name, type }) => ({ name, type })),
        }
      : select,
    columns: columns.map(({ name, arrow }) => ({ name, type: arrow, nullable: true })),
    conversions: columns.flatMap(({ name, from, arrow }) => {
      const before = arrowType(from);
      return before === arrow ? [] : [`${name}: ${before} -> ${arrow}`];
    }),
  };
}
