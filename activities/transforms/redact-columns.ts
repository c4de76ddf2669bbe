import { z } from 'zod';
import { literal } from '../engine/engine.ts';
import { requireColumns } from './columns.ts';
import { isText } from './options.ts';
import type { Transform } from './transform.ts';

const notText: z.core.$ZodErrorMap = (issue) =>
  `must be a text without NUL characters, not ${JSON.stringify(issue.input)}`;

const options = z.strictObject({
  redactValue: z
    .union([z.string(), z.number()], { error: notText })
    .transform(String)
    .refine(isText, { error: notText })
    .default('XXXXXXXXXX')
    .describe('What every value of the columns becomes.'),
});

/** Replaces every value, also nulls, by one text: the column becomes a string and tells nothing. */
export const redactColumns: Transform<z.output<typeof options>> = {
  action: 'RedactColumns',
  aliases: ['RedactColumn', 'Redact'],
  description: 'Replaces all values of the listed columns, nulls included, by a fixed text.',
  options,
  effect(relation, columns, { redactValue }, context) {
    const redacted = requireColumns(columns, relation, context.path, 'RedactColumns');
    const replacement = { sql: literal(redactValue), type: 'VARCHAR' };
    return Promise.resolve({
      replace: Object.fromEntries(redacted.map((column) => [column.name, replacement])),
    });
  },
};
