import { identifier } from '../../engine/engine.ts';
import { KIND, type Shape } from './shape.ts';

const KINDS_OF_VALUES = KIND.boolean | KIND.string | KIND.object | KIND.list | KIND.number;
/** Digits of the engine's widest DECIMAL. */
const DECIMAL_DIGITS = 38;

/**
 * The engine's type that holds all values of a shape and loses none of them: the rules of docs/formats.md.
 * VARCHAR when there is no other, and when nothing but null was seen.
 */
export function typeOf(shape: Shape): string {
  if (shape.opaque) return 'VARCHAR';
  switch (shape.kinds & KINDS_OF_VALUES) {
    case KIND.boolean:
      return 'BOOLEAN';
    case KIND.number:
      return typeOfNumbers(shape);
    case KIND.list:
      return `${typeOf(shape.items)}[]`;
    case KIND.object: {
      const fields = shape.fields.map((field) => `${identifier(field.name)} ${typeOf(field)}`);
      // the engine has no struct without fields
      return fields.length === 0 ? 'VARCHAR' : `STRUCT(${fields.join(', ')})`;
    }
    default:
      return 'VARCHAR';
  }
}

function typeOfNumbers({ kinds, digits, scale }: Shape): string {
  const has = (kind: number): boolean => (kinds & kind) !== 0;
  if (has(KIND.fraction)) {
    if (!has(KIND.inexact)) return 'DOUBLE';
    return digits + scale <= DECIMAL_DIGITS ? `DECIMAL(${DECIMAL_DIGITS},${scale})` : 'VARCHAR';
  }
  if (has(KIND.huge) || (has(KIND.unsigned) && has(KIND.negative))) {
    return digits <= DECIMAL_DIGITS ? `DECIMAL(${DECIMAL_DIGITS},0)` : 'VARCHAR';
  }
  return has(KIND.unsigned) ? 'UBIGINT' : 'BIGINT';
}

/** Marks the places whose values the engine would bend if it got them as they are. */
export function markQuoted(shape: Shape): void {
  shape.quoted = /^(VARCHAR|DECIMAL\(\d+,\d+\))$/.test(typeOf(shape));
  for (const field of shape.fields) markQuoted(field);
  if (shape.item !== undefined) markQuoted(shape.item);
}

/** Whether values of these kinds make the place text, whatever is inside of them. */
export function isMixed(kinds: number): boolean {
  const values = kinds & KINDS_OF_VALUES;
  const containers = values & (KIND.object | KIND.list);
  return containers !== 0 && values !== KIND.object && values !== KIND.list;
}
