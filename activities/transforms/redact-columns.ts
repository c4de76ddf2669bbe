import { z } from 'zod';
import { literal } from '../engine/engine.ts';
import { editValues, onMissingColumn, refuseOption } from './each-value.ts';
import type { Edit } from './nested.ts';
import { isText, mustBe, numeric, oneOf, truth } from './options.ts';
import { packedText, placeArguments } from './sql.ts';
import type { Transform, TransformContext } from './transform.ts';

const TYPES = ['fixed', 'random', 'formatted', 'null'] as const;
const DEFAULT_VALUE = 'XXXXXXXXXX';
/** Characters that may be kept at either end. */
const MAX_KEPT = 1000;
const LAST_OF_CARD = 4;

const textWanted = mustBe('a text without NUL characters');
const kept = numeric(
  `a whole number from 0 to ${MAX_KEPT}`,
  (value) => Number.isInteger(value) && value >= 0 && value <= MAX_KEPT,
).optional();

const options = z
  .strictObject({
    redactType: oneOf(TYPES)
      .default('fixed')
      .describe(
        'fixed: all values become redactValue. random: other letters and digits in every row, as many as before. formatted: digits become 9, letters x or X, signs stay. null: no values.',
      ),
    redactValue: z
      .union([z.string(), z.number()], textWanted)
      .transform(String)
      .refine(isText, textWanted)
      .optional()
      .describe(`With fixed: what every value of the columns becomes. Default ${DEFAULT_VALUE}.`),
    keepFirst: kept.describe('With formatted: so many letters and digits stay at the beginning.'),
    keepLast: kept.describe('With formatted: so many letters and digits stay at the end.'),
    keepDomain: truth().optional().describe('With formatted: what follows the last @ stays.'),
    creditCard: truth()
      .optional()
      .describe(`With formatted: short for keepLast ${LAST_OF_CARD}, for card numbers.`),
    onMissingColumn: onMissingColumn('fail'),
  })
  .superRefine((given, context) => {
    if (given.redactValue !== undefined && given.redactType !== 'fixed')
      refuseOption(context, 'redactValue', 'is for redactType fixed only; remove one of them');
    for (const name of ['keepFirst', 'keepLast', 'keepDomain', 'creditCard'] as const)
      if (given[name] !== undefined && given.redactType !== 'formatted')
        refuseOption(context, name, 'is for redactType formatted only; add it or remove this option');
    if (given.creditCard === true && given.keepLast !== undefined)
      refuseOption(context, 'keepLast', 'creditCard sets it already; remove one of them');
  });

type Options = z.output<typeof options>;

/**
 * Hides values. With `fixed` and `null` the column tells nothing, not even which values were null; with `random` and
 * `formatted` nulls stay null and lengths stay as they are.
 */
export const redactColumns: Transform<Options> = {
  action: 'RedactColumns',
  aliases: ['RedactColumn', 'Redact'],
  description: 'Hides the values of the listed columns.',
  needsColumns: true,
  options,
  rowIdentity: ({ redactType }) => (redactType === 'random' ? 'any' : 'none'),
  effect(relation, columns, given, context) {
    const wanted = { action: 'RedactColumns', columns, onMissing: given.onMissingColumn };
    return editValues(relation, wanted, context, redaction(given, context));
  },
};

function redaction(options: Options, context: TransformContext): Edit {
  switch (options.redactType) {
    case 'fixed': {
      const sql = literal(options.redactValue ?? DEFAULT_VALUE);
      return () => ({ sql, type: 'VARCHAR' });
    }
    case 'null':
      return ({ type }) => ({ sql: `CAST(NULL AS ${type})`, type });
    case 'random':
      return (value) => ({
        sql: `ddc_random_text(${placeArguments(value, context)}, ${packedText(value)})`,
        type: 'VARCHAR',
      });
    case 'formatted': {
      const { keepFirst = 0, keepDomain = false, creditCard = false } = options;
      const keepLast = creditCard ? LAST_OF_CARD : (options.keepLast ?? 0);
      return (value) => ({
        sql: `ddc_mask(${keepFirst}, ${keepLast}, ${keepDomain}, ${packedText(value)})`,
        type: 'VARCHAR',
      });
    }
  }
}
