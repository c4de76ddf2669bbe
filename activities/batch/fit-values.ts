import { literal } from '../engine/engine.ts';
import type { Column } from '../formats/format.ts';

/** What is read for a column. */
export interface SourceValue {
  /** Expression over the relation. */
  sql: string;
  /** Its type in the engine. */
  own: string;
  column: Column;
}

/** In the engine's error, to tell it from all others. */
export const MISFIT = 'ddc-value-does-not-fit';

const DAY = String.raw`-?[0-9]{1,7}-[0-9]{1,2}-[0-9]{1,2}`;
const OTHER_DAYS = String.raw`|-?infinity`;
const clock = (decimals: number): string =>
  String.raw`[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{0,${decimals}}0*)?)?`;
const timestamp = (decimals: number): string => `${DAY}([ T]${clock(decimals)})?( \\(BC\\))?${OTHER_DAYS}`;
const ZONE = '( ?(Z|[+-][0-9]{2}(:?[0-9]{2})?))';

/** Texts that the engine's casts read without bending them; they round, cut off and ignore zones otherwise. */
const TEXTS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'UTINYINT', 'USMALLINT', 'UINTEGER', 'UBIGINT'].map(
      (type) => [type, '[+-]?[0-9]+'],
    ),
  ),
  DATE: `${DAY}( \\(BC\\))?${OTHER_DAYS}`,
  TIME: clock(6),
  TIMESTAMP_S: timestamp(0),
  TIMESTAMP_MS: timestamp(3),
  TIMESTAMP: timestamp(6),
  TIMESTAMP_NS: timestamp(9),
  'TIMESTAMP WITH TIME ZONE': `${DAY}[ T]${clock(6)}${ZONE}${OTHER_DAYS}`,
};

/** SQL: whether a value of type `own` is one of the column, neither rounded nor cut off. */
function fits(value: string, own: string, { type, nullable }: Column): string {
  return `CASE WHEN ${value} IS NULL THEN ${nullable} ELSE ${holds(value, own, type)} END`;
}

/** SQL: the value in the column's type; an error that says MISFIT when it does not fit. */
export function fitted(value: SourceValue): string {
  const { sql, own, column } = value;
  return checked(value, own === column.type ? sql : `TRY_CAST(${sql} AS ${column.type})`);
}

/** SQL: the text as it is; an error that says MISFIT when it does not fit. */
export function fittedText(value: SourceValue): string {
  return checked(value, value.sql);
}

function checked({ sql, own, column }: SourceValue, result: string): string {
  if (own === column.type && column.nullable) return result;
  return `CASE WHEN ${fits(sql, own, column)} THEN ${result} ELSE error(${literal(MISFIT)}) END`;
}

function holds(value: string, own: string, type: string): string {
  if (own === type) return 'true';
  const cast = `TRY_CAST(${value} AS ${type})`;
  if (type === 'FLOAT' || type === 'DOUBLE') {
    // the nearest is meant, but no infinity for a number that is too large
    const infinite =
      own === 'VARCHAR' ? `regexp_matches(${value}, 'inf', 'i')` : `isinf(CAST(${value} AS DOUBLE))`;
    return `(${cast} IS NOT NULL AND isinf(${cast}) = ${infinite})`;
  }
  if (own === 'VARCHAR' && /[\])]$/.test(type) && !type.startsWith('DECIMAL(')) {
    // casts of nested values make NULL of what does not fit
    const squeezed = (text: string): string => `replace(${text}, ' ', '')`;
    return `(${squeezed(`CAST(${cast} AS VARCHAR)`)} IS NOT DISTINCT FROM ${squeezed(value)})`;
  }
  if (own === 'VARCHAR') {
    const pattern = TEXTS[type] ?? decimalText(type);
    const spelled = pattern === undefined ? 'true' : `regexp_full_match(${value}, ${literal(pattern)})`;
    return `(${spelled} AND ${cast} IS NOT NULL)`;
  }
  return `(TRY_CAST(${cast} AS ${own}) IS NOT DISTINCT FROM ${value})`;
}

function decimalText(type: string): string | undefined {
  const scale = /^DECIMAL\(\d+,\s*(\d+)\)$/.exec(type)?.[1];
  return scale === undefined
    ? undefined
    : String.raw`[+-]?([0-9]+(\.[0-9]{0,${scale}}0*)?|\.[0-9]{1,${scale}}0*)`;
}

/** SQL: number (from 1), column and looks of the first row of a relation with a value that does not fit. */
export function firstMisfit(relation: string, values: readonly SourceValue[]): string {
  const cases = (result: (value: string, index: number) => string): string =>
    values
      .map(({ sql, own, column }, index) => `WHEN NOT (${fits(sql, own, column)}) THEN ${result(sql, index)}`)
      .join(' ');
  const wrong = `CASE ${cases((_, index) => String(index))} END AS wrong`;
  const found = `CASE ${cases(looks)} END AS found`;
  return `SELECT r, wrong, found FROM (SELECT row_number() OVER () AS r, ${wrong}, ${found} FROM ${relation}) WHERE wrong IS NOT NULL LIMIT 1`;
}

/** What a value looks like, without telling it. */
function looks(value: string): string {
  const text = `CAST(${value} AS VARCHAR)`;
  return `CASE WHEN ${value} IS NULL THEN 'NULL'
    WHEN regexp_full_match(${text}, '[+-]?[0-9]+') THEN 'an integer of ' || length(${text}) || ' characters'
    WHEN TRY_CAST(${text} AS DOUBLE) IS NOT NULL THEN 'a number of ' || length(${text}) || ' characters'
    WHEN TRY_CAST(${text} AS TIMESTAMP) IS NOT NULL THEN 'a date or time of ' || length(${text}) || ' characters'
    ELSE 'text of ' || length(${text}) || ' characters' END`;
}
