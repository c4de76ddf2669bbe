import { z } from 'zod';
import { arrowTypeProblems } from '../checks/arrow-type.ts';
import { block, text } from './block.ts';

const column = block({
  name: text(1024).describe('Name of the column.'),
  type: text(4096, arrowTypeProblems).describe(
    "Type in Apache Arrow's names, as the status tells them, e.g. int64, utf8, timestamp[us, UTC].",
  ),
  nullable: z.boolean().default(true).describe('Whether the column may hold nulls. Default: true.'),
});

export const givenSchema = z
  .array(column)
  .max(10_000)
  .superRefine((columns, context) => {
    if (columns.length === 0)
      context.addIssue({
        code: 'custom',
        message: 'must name the columns; leave it out to take them as found',
      });
    const seen = new Set<string>();
    for (const [index, { name }] of columns.entries()) {
      if (seen.has(name))
        context.addIssue({ code: 'custom', path: [index, 'name'], message: 'is named twice' });
      seen.add(name);
    }
  })
  .optional()
  .describe(
    'Of a source: all its columns. Text (CSV, JSON) is read as these types; other data that differs is refused before anything is copied. Absent: the columns are taken as they are found.',
  );
