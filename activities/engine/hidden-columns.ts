import { foldName } from '../transforms/columns.ts';
import type { TransformColumn } from '../transforms/transform.ts';

/** Names of columns that carry what a row is known by. */
export interface RowColumns {
  object: string;
  number: string;
}

/** Column name -> name of the hidden column that carries its text; collides with no column of the source. */
export function textColumns(source: readonly TransformColumn[]): Map<string, string> {
  const wanted = source.map((_, index) => `text_${index}`);
  const names = unlike(source, wanted);
  return new Map(source.map((column, index) => [column.name, names[index]!]));
}

/** As textColumns, for what a row is known by. */
export function rowColumns(source: readonly TransformColumn[]): RowColumns {
  const [object, number] = unlike(source, ['ddc_object', 'ddc_row']);
  return { object: object!, number: number! };
}

/** The wanted names with something in front that makes all of them differ from the source's. */
function unlike(source: readonly TransformColumn[], wanted: readonly string[]): string[] {
  const taken = new Set(source.map((column) => foldName(column.name)));
  let prefix = '';
  while (wanted.some((name) => taken.has(`${prefix}${name}`))) prefix = `_${prefix}`;
  return wanted.map((name) => `${prefix}${name}`);
}
