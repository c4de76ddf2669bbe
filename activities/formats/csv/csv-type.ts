import { spelledAs } from '../held-type.ts';
import type { HeldType } from '../held-type.ts';
import { DOUBLE_DIGITS, LONG_DIGITS, READ_FROM_TEXT } from '../text-numbers.ts';

/** The types whose values CSV tells from text; kinds.ts decides so when it is read. */
const READ: Readonly<Record<string, string>> = {
  ...READ_FROM_TEXT,
  DATE: 'DATE',
  TIMESTAMP: 'TIMESTAMP',
  TIMESTAMP_S: 'TIMESTAMP',
  TIMESTAMP_MS: 'TIMESTAMP',
  'TIMESTAMP WITH TIME ZONE': 'TIMESTAMP WITH TIME ZONE',
};

/** CSV is text: the widest type that values of a column may be read as where nobody says their types. */
export function csvType(duckdbType: string): HeldType {
  return spelledAs(duckdbType, (type) => {
    if (type.kind === 'simple') return READ[type.name] ?? 'VARCHAR';
    if (type.kind !== 'decimal') return 'VARCHAR';
    const { precision, scale } = type;
    if (scale === 0) return precision <= LONG_DIGITS ? 'BIGINT' : 'VARCHAR';
    return precision <= DOUBLE_DIGITS ? 'DOUBLE' : 'VARCHAR';
  });
}
