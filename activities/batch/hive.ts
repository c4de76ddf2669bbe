import type { Column } from '../formats/format.ts';
import type { PartitionValues } from './plan.ts';

/** Directory name that stands for NULL, https://cwiki.apache.org/confluence/display/Hive/DynamicPartitions */
const NULL_NAME = '__HIVE_DEFAULT_PARTITION__';

/** Values in the `name=value` segments of a key's path; undefined when it has none. */
export function partitionOf(path: string): PartitionValues | undefined {
  const values = path
    .split('/')
    .slice(0, -1)
    .flatMap((segment) => {
      const at = segment.indexOf('=');
      if (at < 1) return [];
      const value = unescape(segment.slice(at + 1));
      return [[unescape(segment.slice(0, at)), value === NULL_NAME ? null : value] as const];
    });
  return values.length === 0 ? undefined : Object.fromEntries(values);
}

/** The columns that partitions make; a name that the data has as well is the data's. */
export function partitionColumns(
  partitions: readonly (PartitionValues | undefined)[],
  data: readonly Column[],
): Column[] {
  const seen = new Map<string, (string | null)[]>();
  for (const partition of partitions)
    for (const [name, value] of Object.entries(partition ?? {}))
      seen.set(name, [...(seen.get(name) ?? []), value]);
  const own = new Set(data.map((column) => column.name));
  return [...seen]
    .filter(([name]) => !own.has(name))
    .map(([name, values]) => ({
      name,
      type: typeOf(values),
      nullable: values.includes(null) || partitions.some((partition) => partition?.[name] === undefined),
    }));
}

/** As Spark and DuckDB do: whole numbers and dates are told, all else is text. */
function typeOf(values: readonly (string | null)[]): string {
  const given = values.filter((value) => value !== null);
  if (given.length === 0) return 'VARCHAR';
  if (given.every((value) => /^(0|-?[1-9]\d{0,17})$/.test(value))) return 'BIGINT';
  if (given.every(isDate)) return 'DATE';
  return 'VARCHAR';
}

function isDate(value: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const time = Date.parse(value);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
}

function unescape(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
