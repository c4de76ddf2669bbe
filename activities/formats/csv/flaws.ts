import type { Dialect } from './dialect.ts';

/** What is wrong with the structure, and where. */
export interface Flaw {
  /** 1-based, counted from the scan's begin. */
  line: number;
  what: 'misquoted' | 'bareReturn' | 'unterminated' | 'fields';
  /** For `fields`: how many there are. */
  found?: number;
  /** The record, or its begin. */
  record: Buffer;
}

/** Bytes of a record that are kept for messages, and characters that are shown. */
export const EXCERPT_BYTES = 320;
const EXCERPT = 80;

/** A structural flaw for people. `linesBefore`: lines of the object before the scan began. */
export function flawText(
  location: string,
  fields: number,
  flaw: Flaw,
  linesBefore: number,
  dialect: Dialect,
): string {
  return `${location} line ${linesBefore + flaw.line}: ${whatIsWrong(fields, flaw, dialect)}: ${excerpt(flaw.record)}`;
}

function whatIsWrong(fields: number, { what, found }: Flaw, dialect: Dialect): string {
  switch (what) {
    case 'fields':
      return `expected ${fields} fields, found ${found}`;
    case 'misquoted':
      return `a ${quoteName(dialect)} must enclose a whole value, with nothing between it and the ${delimiterName(dialect)}, and be ${dialect.escape === dialect.quote ? 'doubled' : `written ${dialect.escape}${dialect.quote}`} within the value`;
    case 'bareReturn':
      return 'a carriage return outside of quotes must be followed by a newline';
    case 'unterminated':
      return `the record that begins here has a ${quoteName(dialect)} that is never closed`;
  }
}

export function quoteName({ quote }: Dialect): string {
  return quote === '"' ? 'double quote' : `quote ${quote}`;
}

function delimiterName({ delimiter }: Dialect): string {
  return delimiter === ',' ? 'comma' : 'delimiter';
}

/** One line, shortened. */
function excerpt(record: Buffer): string {
  const text = record
    .toString()
    .trimEnd()
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ');
  const characters = Array.from(text.slice(0, 2 * EXCERPT + 1));
  return characters.length > EXCERPT ? `${characters.slice(0, EXCERPT).join('')}…` : text;
}
