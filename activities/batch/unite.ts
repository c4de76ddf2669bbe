import { TransferError } from '../failures.ts';
import type { Column } from '../formats/format.ts';

export interface DescribedColumns {
  /** For messages. */
  location: string;
  columns: readonly Column[];
}

/** The type that holds the values of both; undefined when there is none. */
export type UniteTypes = (a: string, b: string) => string | undefined;

/**
 * Columns of a data set of many objects, united by name in the order in which they first appear. What is not in every
 * object may be NULL. MalformedData names a column whose types do not go together, and both objects.
 */
export function uniteColumns(objects: readonly DescribedColumns[], unite: UniteTypes): Column[] {
  const united = new Map<string, { type: string; nullable: boolean; location: string; objects: number }>();
  for (const { location, columns } of objects)
    for (const { name, type, nullable } of columns) {
      const known = united.get(name);
      if (known === undefined) {
        united.set(name, { type, nullable, location, objects: 1 });
        continue;
      }
      known.objects += 1;
      known.nullable ||= nullable;
      if (known.type === type) continue;
      const common = unite(known.type, type);
      if (common === undefined)
        throw new TransferError(
          'MalformedData',
          `column ${JSON.stringify(name)} is ${known.type} in ${known.location} but ${type} in ${location}; the objects of one data set must have types that go together`,
        );
      if (common !== known.type) known.location = location;
      known.type = common;
    }
  return [...united].map(([name, { type, nullable, objects: count }]) => ({
    name,
    type,
    nullable: nullable || count < objects.length,
  }));
}

const INTEGERS = ['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'HUGEINT'];
const UNSIGNED = ['UTINYINT', 'USMALLINT', 'UINTEGER', 'UBIGINT'];
const TIMESTAMPS = ['TIMESTAMP_S', 'TIMESTAMP_MS', 'TIMESTAMP', 'TIMESTAMP_NS'];

/** For formats whose objects say their types: the narrowest type that keeps every value of both exactly. */
export function commonType(a: string, b: string): string | undefined {
  return oneWay(a, b) ?? oneWay(b, a);
}

function oneWay(narrow: string, wide: string): string | undefined {
  const rank = (list: readonly string[], type: string): number => list.indexOf(type);
  for (const list of [INTEGERS, UNSIGNED, TIMESTAMPS])
    if (rank(list, narrow) >= 0 && rank(list, wide) >= 0)
      return rank(list, narrow) <= rank(list, wide) ? wide : undefined;
  if (rank(UNSIGNED, narrow) >= 0 && rank(INTEGERS, wide) >= 0)
    return INTEGERS[Math.max(rank(INTEGERS, wide), rank(UNSIGNED, narrow) + 1)];
  // 53 bits hold what 32 bits do
  if (wide === 'DOUBLE' && ['FLOAT', ...INTEGERS.slice(0, 3), ...UNSIGNED.slice(0, 3)].includes(narrow))
    return 'DOUBLE';
  if (wide === 'FLOAT' && ['TINYINT', 'SMALLINT', 'UTINYINT', 'USMALLINT'].includes(narrow)) return 'FLOAT';
  if (narrow === '"NULL"') return wide;
  const [small, large] = [decimalOf(narrow), decimalOf(wide)];
  if (small === undefined || large === undefined) return undefined;
  const scale = Math.max(small.scale, large.scale);
  const width = Math.max(small.width - small.scale, large.width - large.scale) + scale;
  return width <= 38 ? `DECIMAL(${width},${scale})` : undefined;
}

function decimalOf(type: string): { width: number; scale: number } | undefined {
  const match = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(type);
  return match === null ? undefined : { width: Number(match[1]), scale: Number(match[2]) };
}
