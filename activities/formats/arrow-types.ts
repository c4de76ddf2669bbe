import { parseEngineType } from './engine-type.ts';
import type { EngineType } from './engine-type.ts';

/**
 * DuckDB's type names in Apache Arrow's. A type that Arrow lacks has the name of what a reader of the
 * written file gets (ENUM -> utf8); a name unknown here is passed through in lower case.
 */
const SIMPLE: Readonly<Record<string, string>> = {
  BOOLEAN: 'bool',
  TINYINT: 'int8',
  SMALLINT: 'int16',
  INTEGER: 'int32',
  BIGINT: 'int64',
  UTINYINT: 'uint8',
  USMALLINT: 'uint16',
  UINTEGER: 'uint32',
  UBIGINT: 'uint64',
  HUGEINT: 'int128',
  UHUGEINT: 'uint128',
  FLOAT: 'float',
  DOUBLE: 'double',
  VARCHAR: 'utf8',
  JSON: 'utf8',
  UUID: 'fixed_size_binary[16]',
  BLOB: 'binary',
  BIT: 'utf8',
  DATE: 'date32[day]',
  TIME: 'time64[us]',
  'TIME WITH TIME ZONE': 'time64[us]',
  TIME_NS: 'time64[ns]',
  TIMESTAMP: 'timestamp[us]',
  TIMESTAMP_S: 'timestamp[s]',
  TIMESTAMP_MS: 'timestamp[ms]',
  TIMESTAMP_NS: 'timestamp[ns]',
  'TIMESTAMP WITH TIME ZONE': 'timestamp[us, UTC]',
  INTERVAL: 'month_day_nano_interval',
  '"NULL"': 'null',
};

/** Arrow's name, e.g. `list<item: struct<a: int32>>` for `STRUCT(a INTEGER)[]`. Throws on unbalanced input. */
export function arrowType(duckdbType: string): string {
  return arrowName(parseEngineType(duckdbType));
}

function arrowName(type: EngineType): string {
  switch (type.kind) {
    case 'simple':
      return SIMPLE[type.name] ?? type.name.toLowerCase();
    case 'decimal':
      return `decimal128(${type.precision}, ${type.scale})`;
    case 'enum':
      return 'utf8';
    case 'list':
      return `list<item: ${arrowName(type.item)}>`;
    case 'array':
      return `fixed_size_list<item: ${arrowName(type.item)}>[${type.length}]`;
    case 'map':
      return `map<${arrowName(type.key)}, ${arrowName(type.value)}>`;
    case 'other':
      return type.name.toLowerCase();
    default: {
      const members = type.members.map((member) => `${member.name}: ${arrowName(member.type)}`).join(', ');
      return `${type.kind === 'struct' ? 'struct' : 'dense_union'}<${members}>`;
    }
  }
}
