import type { z } from 'zod';
import { listColumns, missingColumn, refuseNoColumns, unknownColumn } from './columns.ts';
import { editColumn, markPlaces, type Edit } from './nested.ts';
import { oneOf } from './options.ts';
import { findPlaces, type Place } from './places.ts';
import type { Effect, TransformColumn, TransformContext } from './transform.ts';

/** `fail`: a column that does not exist ends the run. `ignore`: it is a warning. */
type OnMissing = 'fail' | 'ignore';

/** The option `onMissingColumn`, which every action on columns has. */
export function onMissingColumn(usual: OnMissing) {
  return oneOf(['fail', 'ignore'])
    .default(usual)
    .describe(
      `What a column that does not exist does: fail ends the transfer, ignore is a warning. Default ${usual}.`,
    );
}

export interface Wanted {
  action: string;
  columns: readonly string[];
  onMissing: OnMissing;
}

/**
 * The effect of an action that does the same to the values of all its columns, wherever they lie (see findPlaces).
 * InvalidOption for no columns, UnknownColumn for one that does not exist.
 */
export async function editValues(
  relation: readonly TransformColumn[],
  { action, columns, onMissing }: Wanted,
  context: TransformContext,
  edit: Edit,
): Promise<Effect> {
  refuseNoColumns(columns, context.path, action);
  const path = `${context.path}.columns`;
  const places: Place[] = [];
  const warnings: string[] = [];
  for (const name of columns) {
    const found = await findPlaces(name, relation, context);
    places.push(...found);
    if (found.length > 0) continue;
    if (onMissing === 'fail') throw unknownColumn(name, relation, path);
    warnings.push(`${path}: ${missingColumn(name)}, nothing to do. Columns: ${listColumns(relation)}`);
  }
  const remove: string[] = [];
  const replace: [string, { sql: string; type: string }][] = [];
  const marked = markPlaces(places);
  for (const column of relation) {
    const marks = marked.get(column.name);
    if (marks === undefined) continue;
    const edited = await editColumn(column, marks, edit, relation, context);
    if (edited === 'gone') remove.push(column.name);
    else replace.push([column.name, edited]);
  }
  return { remove, replace: Object.fromEntries(replace), warnings };
}

/** A refusal of options that contradict each other, for `superRefine`. */
export function refuseOption(context: z.RefinementCtx, option: string, message: string): void {
  context.addIssue({ code: 'custom', path: [option], message });
}
