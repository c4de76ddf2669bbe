/** Digits that a double keeps. */
export const DOUBLE_DIGITS = 15;
/** Digits that 64 bits keep. */
export const LONG_DIGITS = 18;

/** As what numbers and truth values of the engine are read again from text that has no types. */
export const READ_FROM_TEXT: Readonly<Record<string, string>> = {
  BOOLEAN: 'BOOLEAN',
  TINYINT: 'BIGINT',
  SMALLINT: 'BIGINT',
  INTEGER: 'BIGINT',
  BIGINT: 'BIGINT',
  UTINYINT: 'BIGINT',
  USMALLINT: 'BIGINT',
  UINTEGER: 'BIGINT',
  FLOAT: 'DOUBLE',
  DOUBLE: 'DOUBLE',
};
