import { z } from 'zod';
import { findColumn, listColumns, missingColumn, refuseNoColumns } from './columns.ts';
import type { Transform } from './transform.ts';

/** Drops columns. One that does not exist is a warning: what was to be kept out is not there. */
export const removeColumns: Transform<Record<string, never>> = {
  action: 'RemoveColumns',
  aliases: ['RemoveColumn'],
  description: 'Removes the listed columns.',
  options: z.strictObject({}),
  effect(relation, columns, _options, context) {
    refuseNoColumns(columns, context.path, 'RemoveColumns');
    const remove = new Set<string>();
    const warnings: string[] = [];
    for (const name of columns) {
      const path = `${context.path}.columns`;
      const column = findColumn(name, relation, path);
      if (column !== undefined) remove.add(column.name);
      else
        warnings.push(
          `${path}: ${missingColumn(name)}, nothing to remove. Columns: ${listColumns(relation)}`,
        );
    }
    return Promise.resolve({ remove: [...remove], warnings });
  },
};
