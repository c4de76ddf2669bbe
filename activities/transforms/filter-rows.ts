import { z } from 'zod';
import { compileFilter } from './filter/compile.ts';
import type { Transform } from './transform.ts';

const NO_CLAUSE = "No 'clause' specified for filterrows transformation!";

const options = z.strictObject({
  clause: z
    .string({ error: (issue) => (issue.input === undefined ? NO_CLAUSE : 'must be a text') })
    .refine((clause) => clause.trim() !== '', NO_CLAUSE)
    .describe(
      "Condition in SQL; rows for which it is true are kept, e.g. amount > 100 AND type = 'PAYMENT'.",
    ),
});

/**
 * Keeps the rows for which the clause is true; those for which it is false or null are dropped. The clause is one
 * condition over the columns in SQL, with Spark's spellings (`==`, backticks, RLIKE, `!x`, `<=>`, `1L`, "text") and
 * Spark's answers where the engine's differ (a division by zero and a concatenation with null are null). Unlike
 * Spark's, texts have no backslash escapes, and comparing a text that is no number with a number is an error.
 */
export const filterRows: Transform<z.output<typeof options>> = {
  action: 'FilterRows',
  aliases: ['Filter', 'FilterRow'],
  description: 'Keeps the rows for which a SQL condition is true.',
  needsColumns: false,
  options,
  async effect(relation, columns, { clause }, context) {
    const { where, warnings } = await compileFilter(clause, relation, context);
    if (columns.length > 0)
      warnings.push(`${context.path}.columns: FilterRows needs no columns; the clause names them`);
    return { where, warnings };
  },
};
