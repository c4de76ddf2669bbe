import { refusal } from './refusal.ts';
import * as tree from './tree.ts';
import type { Node } from './tree.ts';

/** Types that a filter may convert to; those of constants are among them. */
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

interface SerializedType {
  id: string;
  type_info: { type?: string; width?: number; scale?: number; name?: string; alias?: string } | null;
}

/** A scalar type made anew; InvalidFilter for nested, user-defined and unknown ones. */
export function allowedType(serialized: unknown, path: string): unknown {
  const { id, type_info: info } = serialized as SerializedType;
  if (!TYPES.has(id) || (info?.alias ?? '') !== '') {
    const name = info?.name ?? id;
    throw refusal(path, `CAST to ${name} is not allowed in a filter. Allowed: ${[...TYPES].join(', ')}`);
  }
  return id === 'DECIMAL' && info !== null ? decimalType(info.width!, info.scale!) : tree.plainType(id);
}

/** A constant made anew, in a form that reads back as the same type when it is printed as SQL. */
export function allowedConstant(node: Node, path: string): Node {
  const {
    type,
    is_null: isNull,
    value,
  } = node['value'] as {
    type: SerializedType;
    is_null: boolean;
    value?: unknown;
  };
  if (isNull) return tree.nullConstant();
  if (type.id === 'VARCHAR' && typeof value === 'string') return tree.text(value);
  if (INTEGERS.has(type.id)) return tree.constant(tree.plainType(type.id), value);
  if (type.id === 'DECIMAL')
    return tree.constant(decimalType(type.type_info!.width!, type.type_info!.scale!), value);
  // `1e5` would be printed as the decimal 100000.0.
  if (type.id === 'DOUBLE' && typeof value === 'number')
    return tree.cast(tree.text(String(value)), tree.plainType('DOUBLE'));
  if (type.id === 'BOOLEAN')
    return tree.cast(tree.text(value === true ? 't' : 'f'), tree.plainType('BOOLEAN'));
  throw refusal(path, `constants of type ${type.id} are not allowed in a filter`);
}

function decimalType(width: number, scale: number): unknown {
  return {
    id: 'DECIMAL',
    type_info: { type: 'DECIMAL_TYPE_INFO', alias: '', extension_info: null, width, scale },
  };
}
