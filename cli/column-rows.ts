import type { ColumnSchema } from '../workflows/contract/metadata.ts';

/** Both schemas side by side, by name, under a heading; `-` where a side does not have the column. */
export function columnRows(
  source: readonly ColumnSchema[],
  destination: readonly ColumnSchema[],
): string[][] {
  if (source.length === 0 && destination.length === 0) return [];
  const after = new Map(destination.map((column) => [column.name, column]));
  const before = new Set(source.map(({ name }) => name));
  const added = destination.filter(({ name }) => !before.has(name));
  return [
    ['COLUMN', 'SOURCE', 'DESTINATION'],
    ...source.map((column) => [column.name, typeText(column), typeText(after.get(column.name))]),
    ...added.map((column) => [column.name, '-', typeText(column)]),
  ];
}

function typeText(column: ColumnSchema | undefined): string {
  if (column === undefined) return '-';
  return column.nullable ? column.type : `${column.type} not null`;
}
