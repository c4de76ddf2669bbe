import { spelledAs } from '../held-type.ts';
import type { HeldType } from '../held-type.ts';
import { DOUBLE_DIGITS, LONG_DIGITS, READ_FROM_TEXT } from '../text-numbers.ts';

/** The types that JSON has; types.ts decides so when it is read. */
const READ: Readonly<Record<string, string>> = {
  ...READ_FROM_TEXT,
  UBIGINT: 'UBIGINT',
  HUGEINT: 'DECIMAL(38,0)',
  UHUGEINT: 'DECIMAL(38,0)',
};

/** JSON has few types: the widest that values of a column may be read as where nobody says their types. */
export function jsonType(duckdbType: string): HeldType {
  return spelledAs(duckdbType, (type) => {
    switch (type.kind) {
      case 'list':
      case 'array':
      case 'struct':
        return undefined;
      // an object whose names are known when it is read only
      case 'map':
      case 'union':
        return 'STRUCT';
      case 'decimal':
        if (type.scale === 0) return type.precision <= LONG_DIGITS ? 'BIGINT' : 'DECIMAL(38,0)';
        return type.precision <= DOUBLE_DIGITS ? 'DOUBLE' : `DECIMAL(38,${type.scale})`;
      case 'simple':
        return READ[type.name] ?? 'VARCHAR';
      default:
        return 'VARCHAR';
    }
  });
}
