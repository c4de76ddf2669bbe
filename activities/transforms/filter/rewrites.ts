import { strftimePattern } from './date-format.ts';
import { refusal } from './refusal.ts';
import * as tree from './tree.ts';
import type { Node } from './tree.ts';

/** A function or operator that becomes something else for the engine. */
export interface Rewrite {
  /** How many operands it takes. */
  least: number;
  most: number;
  apply(operands: Node[], path: string): Node;
}

/** Parts of a date that are the same in Spark and in the engine (days of the week are not). */
const DATE_PARTS = ['year', 'quarter', 'month', 'week', 'day', 'doy', 'hour', 'minute', 'second'];

/** Operands beyond this would be refused by the limit on concatenations anyway. */
const ANY_NUMBER = 100;

const MATCH: Rewrite = { least: 2, most: 2, apply: regularExpression };

/** Spark's functions that the engine lacks or understands in another way. */
export const REWRITTEN: Record<string, Rewrite> = {
  '/': { least: 2, most: 2, apply: ([a, b]) => engineFunction('/', [a!, nullForZero(b!)]) },
  '%': { least: 2, most: 2, apply: ([a, b]) => engineFunction('%', [a!, nullForZero(b!)]) },
  mod: { least: 2, most: 2, apply: ([a, b]) => engineFunction('%', [a!, nullForZero(b!)]) },
  // `div`: the engine's does not cut off the fraction of decimals.
  '//': {
    least: 2,
    most: 2,
    apply: ([a, b]) => engineFunction('trunc', [engineFunction('//', [a!, nullForZero(b!)])]),
  },
  nvl: { least: 2, most: 2, apply: (operands) => tree.operator('OPERATOR_COALESCE', operands) },
  isnull: { least: 1, most: 1, apply: (operands) => tree.operator('OPERATOR_IS_NULL', operands) },
  isnotnull: { least: 1, most: 1, apply: (operands) => tree.operator('OPERATOR_IS_NOT_NULL', operands) },
  nullif: { least: 2, most: 2, apply: ([value, other]) => nullWhenEqual(value!, other!) },
  // Spark's is NULL when one part is; the engine's leaves such parts out.
  concat: { least: 1, most: ANY_NUMBER, apply: concatenation },
  // Spark's is NULL for a text that is no date.
  to_date: { least: 1, most: 1, apply: ([value]) => tree.cast(value!, tree.plainType('DATE'), true) },
  rlike: MATCH,
  regexp: MATCH,
  regexp_like: MATCH,
  regexp_matches: MATCH,
  // What RLIKE is parsed to (spellings.ts).
  regexp_full_match: MATCH,
  date_part: { least: 2, most: 2, apply: (operands, path) => datePart('date_part', operands, path) },
  date_format: { least: 2, most: 2, apply: dateFormat },
  // Not len, which takes texts too.
  size: { least: 1, most: 1, apply: ([list]) => engineFunction('array_length', [list!]) },
  date_trunc: { least: 2, most: 2, apply: (operands, path) => datePart('date_trunc', operands, path) },
};

export function engineFunction(name: string, operands: Node[]): Node {
  return tree.call(name, operands);
}

/** In Spark a division by zero is NULL, in the engine infinite. */
function nullForZero(divisor: Node): Node {
  return tree.isNonZeroNumber(divisor)
    ? divisor
    : nullWhenEqual(divisor, tree.constant(tree.plainType('INTEGER'), 0));
}

/** The engine's nullif is a macro that copies its first operand: done here, where nodes are counted. */
function nullWhenEqual(value: Node, other: Node): Node {
  const equal = tree.comparison('COMPARE_EQUAL', value, other);
  return tree.caseWhen([{ when_expr: equal, then_expr: tree.nullConstant() }], value);
}

function concatenation(operands: Node[]): Node {
  const texts = operands.map((operand) => tree.cast(operand, tree.plainType('VARCHAR')));
  return texts.reduce((joined, part) => engineFunction('||', [joined, part]));
}

function regularExpression([subject, pattern]: Node[], path: string): Node {
  if (tree.constantText(pattern) === undefined)
    throw refusal(path, "RLIKE needs a constant pattern in quotes, e.g. name RLIKE '^A.*'");
  return engineFunction('regexp_matches', [subject!, pattern!]);
}

function dateFormat([value, pattern]: Node[], path: string): Node {
  const wanted = tree.constantText(pattern);
  if (wanted === undefined)
    throw refusal(path, "date_format needs a constant pattern in quotes, e.g. date_format(day, 'yyyy-MM')");
  return engineFunction('strftime', [value!, tree.text(strftimePattern(wanted, path))]);
}

function datePart(name: string, [part, value]: Node[], path: string): Node {
  const wanted = tree.constantText(part)?.toLowerCase();
  if (wanted === undefined || !DATE_PARTS.includes(wanted))
    throw refusal(path, `${name} needs one of these parts: ${DATE_PARTS.join(', ')}`);
  return engineFunction(name, [tree.text(wanted), value!]);
}
