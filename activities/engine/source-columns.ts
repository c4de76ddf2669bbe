import { TransferError } from '../failures.ts';
import type { Column } from '../formats/format.ts';
import { foldName, listColumns } from '../transforms/columns.ts';
import { isStruct } from '../transforms/places.ts';

/**
 * The engine's names ignore case, and SQL text ends at a NUL: such columns could not be told apart or named. (Its
 * own readers call a second `A` beside `a` `A_1`; this is about formats that describe their columns themselves.)
 */
export function refuseColumns(columns: readonly Column[]): void {
  const seen = new Map<string, string>();
  for (const { name } of columns) {
    const twin = seen.get(foldName(name));
    if (twin !== undefined)
      throw new TransferError(
        'MalformedData',
        twin === name
          ? `the source has two columns "${name}"; rename one`
          : `the source has columns "${twin}" and "${name}", which differ only in case; rename one`,
      );
    if (name === '' || name.includes('\0'))
      throw new TransferError(
        'MalformedData',
        `the source has a column whose name is ${name === '' ? 'empty' : 'not text (it holds a NUL character)'}; rename it`,
      );
    seen.set(foldName(name), name);
  }
}

/** Changes without a struct `key` or `value` are none: names in transformations would mean nothing. */
export function refuseNoChanges(columns: readonly Column[]): void {
  if (columns.some(({ name, type }) => (name === 'key' || name === 'value') && isStruct(type))) return;
  throw new TransferError(
    'MalformedData',
    `the source is no change data: it needs columns "key" and "value" with fields. Columns: ${listColumns(columns)}`,
  );
}
