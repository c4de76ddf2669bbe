/**
 * What the text of one value looks like, and which column type holds which looks. A type holds a value only
 * if the value's text can be told from the typed value up to spelling (`1.50` from 1.5): a number with more
 * digits than a double keeps, `007`, or `nan` is text.
 */
export const KIND = {
  /** Nothing between two delimiters: NULL. */
  empty: 0,
  boolean: 1,
  /** Canonical integer that both int64 and double hold exactly. */
  integer: 2,
  /** Canonical integer that only int64 holds exactly. */
  long: 3,
  decimal: 4,
  date: 5,
  timestamp: 6,
  zoned: 7,
  text: 8,
} as const;

/** Number of kinds, rounded up to a power of two to index tables by. */
export const KINDS = 16;

/** Types in order of preference: the first that holds every kind seen is the column's. */
const HOLDS: readonly (readonly [type: string, kinds: readonly number[]])[] = [
  ['BOOLEAN', [KIND.boolean]],
  ['BIGINT', [KIND.integer, KIND.long]],
  ['DOUBLE', [KIND.integer, KIND.decimal]],
  ['DATE', [KIND.date]],
  ['TIMESTAMP', [KIND.date, KIND.timestamp]],
  ['TIMESTAMP WITH TIME ZONE', [KIND.zoned]],
];

/** Kinds that stand for a type when it is widened: what is known of the values that made it. */
const STANDS_FOR: Readonly<Record<string, number>> = {
  BOOLEAN: KIND.boolean,
  BIGINT: KIND.integer,
  DOUBLE: KIND.decimal,
  DATE: KIND.date,
  TIMESTAMP: KIND.timestamp,
  'TIMESTAMP WITH TIME ZONE': KIND.zoned,
};

/** Whether a column of `type` holds values of `kind`. */
export function holds(type: string, kind: number): boolean {
  if (kind === KIND.empty) return true;
  const kinds = HOLDS.find(([name]) => name === type)?.[1];
  return kinds === undefined || kinds.includes(kind);
}

/** The narrowest type that holds all kinds; VARCHAR when no value was seen. */
export function typeOfKinds(kinds: readonly number[]): string {
  const seen = kinds.filter((kind) => kind !== KIND.empty);
  if (seen.length === 0) return 'VARCHAR';
  return HOLDS.find(([, held]) => seen.every((kind) => held.includes(kind)))?.[0] ?? 'VARCHAR';
}

/** The narrowest type for a column that has `type` so far and in which `kinds` were seen. */
export function widen(type: string, kinds: readonly number[]): string {
  const before = STANDS_FOR[type];
  return before === undefined ? 'VARCHAR' : typeOfKinds([before, ...kinds]);
}

/** The narrowest type for a column that has type `a` in one object and `b` in another. */
export function uniteKinds(a: string, b: string): string {
  const before = STANDS_FOR[b];
  return a === b ? a : before === undefined ? 'VARCHAR' : widen(a, [before]);
}
