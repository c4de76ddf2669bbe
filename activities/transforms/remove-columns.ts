import { z } from 'zod';
import { editValues, onMissingColumn } from './each-value.ts';
import type { Transform } from './transform.ts';

const options = z.strictObject({ onMissingColumn: onMissingColumn('ignore') });

/** Drops columns. One that does not exist is a warning: what was to be kept out is not there. */
export const removeColumns: Transform<z.output<typeof options>> = {
  action: 'RemoveColumns',
  aliases: ['RemoveColumn'],
  description: 'Removes the listed columns.',
  needsColumns: true,
  options,
  effect(relation, columns, { onMissingColumn: onMissing }, context) {
    return editValues(relation, { action: 'RemoveColumns', columns, onMissing }, context, () => 'gone');
  },
};
