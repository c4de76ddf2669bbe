import { identifier } from '../../../engine/engine.ts';
import { TransferError } from '../../../failures.ts';
import { arrowType } from '../../arrow-types.ts';
import { parseEngineType } from '../../engine-type.ts';
import type { EngineType } from '../../engine-type.ts';

/** Types of the engine that ORC holds as they are. */
const KEPT = new Set([
  'BOOLEAN',
  'TINYINT',
  'SMALLINT',
  'INTEGER',
  'BIGINT',
  'FLOAT',
  'DOUBLE',
  'VARCHAR',
  'JSON',
  'BLOB',
  'DATE',
  'TIMESTAMP',
  'TIMESTAMP_NS',
  'TIMESTAMP WITH TIME ZONE',
]);

/** Types that ORC lacks, and those that hold their values. */
const CONVERTED: Readonly<Record<string, string>> = {
  UTINYINT: 'SMALLINT',
  USMALLINT: 'INTEGER',
  UINTEGER: 'BIGINT',
  UBIGINT: 'DECIMAL(20,0)',
  // values of more than 38 digits are refused by the cast
  HUGEINT: 'DECIMAL(38,0)',
  UHUGEINT: 'DECIMAL(38,0)',
  TIMESTAMP_S: 'TIMESTAMP',
  TIMESTAMP_MS: 'TIMESTAMP',
  TIME: 'VARCHAR',
  TIME_NS: 'VARCHAR',
  'TIME WITH TIME ZONE': 'VARCHAR',
  INTERVAL: 'VARCHAR',
  UUID: 'VARCHAR',
  BIT: 'VARCHAR',
  BIGNUM: 'VARCHAR',
  '"NULL"': 'INTEGER',
};

/** What ORC makes of a column. */
export interface HeldType {
  /** The engine's type to which the column must be cast before it is written: its own where ORC holds it. */
  type: string;
  /** In Arrow's names where the type becomes another, e.g. `uint64 -> decimal128(20, 0)`. */
  conversion?: string;
}

/**
 * The type in which ORC holds values of the engine's type `duckdbType`, also within lists, structs and maps. Throws a
 * fatal TransferError that names the column when there is none.
 */
export function orcType(duckdbType: string, column: string): HeldType {
  const type = held(parseEngineType(duckdbType));
  if (type === undefined) {
    throw new TransferError(
      'Unsupported',
      `column ${JSON.stringify(column)} has the type ${arrowType(duckdbType)}, which ORC cannot hold; remove it with RemoveColumns, or choose another data format`,
    );
  }
  const [from, to] = [arrowType(duckdbType), arrowType(type)];
  return from === to ? { type } : { type, conversion: `${from} -> ${to}` };
}

function held(type: EngineType): string | undefined {
  switch (type.kind) {
    case 'simple':
      return KEPT.has(type.name) ? type.name : CONVERTED[type.name];
    case 'decimal':
      return `DECIMAL(${type.precision},${type.scale})`;
    case 'enum':
      return 'VARCHAR';
    case 'list':
    case 'array': {
      const item = held(type.item);
      return item === undefined ? undefined : `${item}[]`;
    }
    case 'map': {
      const [key, value] = [held(type.key), held(type.value)];
      return key === undefined || value === undefined ? undefined : `MAP(${key}, ${value})`;
    }
    case 'struct': {
      const members = type.members.map((member) => ({
        name: identifier(member.name),
        type: held(member.type),
      }));
      if (members.some((member) => member.type === undefined)) return undefined;
      return `STRUCT(${members.map(({ name, type: inner }) => `${name} ${inner}`).join(', ')})`;
    }
    default:
      return undefined;
  }
}
