import { castTo } from '../../held-type.ts';
import type { HeldType } from '../../held-type.ts';

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

/** The type in which ORC holds a column. Refused: unions, and what the engine alone knows. */
export function orcType(duckdbType: string, column: string): HeldType {
  return castTo('ORC', duckdbType, column, (type) => {
    switch (type.kind) {
      case 'simple':
        return KEPT.has(type.name) ? type.name : CONVERTED[type.name];
      case 'decimal':
        return `DECIMAL(${type.precision},${type.scale})`;
      case 'enum':
        return 'VARCHAR';
      default:
        return undefined;
    }
  });
}
