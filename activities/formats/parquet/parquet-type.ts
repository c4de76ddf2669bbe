import { castTo } from '../held-type.ts';
import type { HeldType } from '../held-type.ts';

/** Types of the engine that Parquet lacks, or that the engine's writer would bend, and those that hold their values. */
const CONVERTED: Readonly<Record<string, string>> = {
  // the writer makes doubles of them; values of more than 38 digits are refused by the cast
  HUGEINT: 'DECIMAL(38,0)',
  UHUGEINT: 'DECIMAL(38,0)',
  TIMESTAMP_S: 'TIMESTAMP',
  TIMESTAMP_MS: 'TIMESTAMP',
  TIME_NS: 'VARCHAR',
  BIT: 'VARCHAR',
  BIGNUM: 'VARCHAR',
  '"NULL"': 'INTEGER',
};

/**
 * The type in which Parquet holds a column. Refused: unions, of which the engine's writer makes structs. Intervals are
 * unsigned and of milliseconds in Parquet: those of other formats, which may be finer or negative, become text.
 */
export function parquetType(duckdbType: string, column: string, source?: string): HeldType {
  return castTo('Parquet', duckdbType, column, (type) => {
    switch (type.kind) {
      case 'simple':
        if (type.name === 'INTERVAL' && source !== 'parquet') return 'VARCHAR';
        return CONVERTED[type.name] ?? type.name;
      case 'other':
        return `${type.name}(${type.parameters})`;
      case 'decimal':
        return `DECIMAL(${type.precision},${type.scale})`;
      case 'enum':
        return 'VARCHAR';
      default:
        return undefined;
    }
  });
}
