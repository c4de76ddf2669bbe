import type { z } from 'zod';
import type { parsedConstant, ParsedType } from './parsed.ts';
import { refusal } from './refusal.ts';
import * as tree from './tree.ts';
import type { Node, TypeNode } from './tree.ts';

/** Types that a filter may convert to. */
const TYPES = new Set([
  'BOOLEAN',
  'TINYINT',
  'SMALLINT',
  'INTEGER',
  'BIGINT',
  'HUGEINT',
  'UTINYINT',
  'USMALLINT',
  'UINTEGER',
  'UBIGINT',
  'FLOAT',
  'DOUBLE',
  'DECIMAL',
  'VARCHAR',
  'DATE',
  'TIME',
  'TIMESTAMP',
  'TIMESTAMP_S',
  'TIMESTAMP_MS',
  'TIMESTAMP_NS',
  'TIMESTAMP WITH TIME ZONE',
  'INTERVAL',
  'UUID',
]);

const INTEGERS = new Set(['INTEGER', 'BIGINT', 'HUGEINT']);

/** A scalar type made anew; InvalidFilter for nested, user-defined and unknown ones. */
export function allowedType({ id, type_info: info }: ParsedType, path: string): TypeNode {
  if (!TYPES.has(id))
    throw refusal(
      path,
      `type ${info?.name ?? id} is not allowed in a filter. Allowed: ${[...TYPES].join(', ')}`,
    );
  return info?.width === undefined ? tree.plainType(id) : tree.decimalType(info.width, info.scale ?? 0);
}

/** A constant made anew, in a form that reads back as the same type when it is printed as SQL. */
export function allowedConstant({ value: parsed }: z.infer<typeof parsedConstant>, path: string): Node {
  const { type, value } = parsed;
  if (parsed.is_null) return tree.nullConstant();
  if (type.id === 'VARCHAR' && typeof value === 'string') return tree.text(value);
  if (INTEGERS.has(type.id) || type.id === 'DECIMAL') return tree.constant(allowedType(type, path), value);
  // `1e5` would be printed as the decimal 100000.0.
  if (type.id === 'DOUBLE' && typeof value === 'number')
    return tree.cast(tree.text(String(value)), tree.plainType('DOUBLE'));
  // The parser's own form of TRUE and FALSE.
  if (type.id === 'BOOLEAN')
    return tree.cast(tree.text(value === true ? 't' : 'f'), tree.plainType('BOOLEAN'));
  throw refusal(path, `constants of type ${type.id} are not allowed in a filter`);
}
