import { identifier, literal } from '../../engine/engine.ts';
import { refusal } from './refusal.ts';

export type Token =
  | { kind: 'word' | 'number' | 'operator'; text: string }
  /** Between double quotes or backticks, which are gone from the text. */
  | { kind: 'doubleQuoted' | 'backticked'; text: string }
  /** Between single quotes, which are gone from the text. */
  | { kind: 'string'; text: string };

const SPACE = /[ \t\r\n]+/y;
const WORD = /[\p{L}_][\p{L}\p{M}\p{N}_]*/uy;
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const OPERATOR = /<=>|<=|>=|<>|!=|==|\|\||::|\/\/|[=<>+\-*/%(),.!]/y;
const QUOTED = /'((?:[^']|'')*)'|"((?:[^"]|"")*)"|`((?:[^`]|``)*)`/y;
const NUMBER_SUFFIX = /(?:BD|[LSYDF])(?![\p{L}\p{N}_])/iuy;

/** Spark's suffixes of numbers -> type. */
const SUFFIX_TYPES: Record<string, string> = {
  L: 'BIGINT',
  S: 'SMALLINT',
  Y: 'TINYINT',
  D: 'DOUBLE',
  F: 'FLOAT',
  BD: 'DECIMAL',
};

/** Splits a clause into tokens. InvalidFilter for characters that no allowed construct has. */
export function tokenize(clause: string, path: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(clause);
    if (found !== null) at = pattern.lastIndex;
    return found;
  };
  while (at < clause.length) {
    if (match(SPACE) !== null) continue;
    refuseComment(clause, at, path);
    const quoted = match(QUOTED);
    if (quoted !== null) {
      tokens.push(quotedToken(quoted));
      continue;
    }
    const word = match(WORD);
    if (word !== null) {
      refusePrefixedString(word[0], clause[at], path);
      tokens.push({ kind: 'word', text: word[0] });
      continue;
    }
    const number = match(NUMBER);
    if (number !== null) {
      tokens.push(...numberTokens(number[0], match(NUMBER_SUFFIX)?.[0], clause.slice(at), path));
      continue;
    }
    const operator = match(OPERATOR);
    if (operator === null) throw unexpected(clause, at, path);
    tokens.push({ kind: 'operator', text: operator[0] });
  }
  return tokens;
}

/** Tokens as text for the engine's parser. */
export function joinTokens(tokens: readonly Token[]): string {
  return tokens
    .map(({ kind, text }) => {
      if (kind === 'string') return literal(text);
      return kind === 'doubleQuoted' || kind === 'backticked' ? identifier(text) : text;
    })
    .join(' ');
}

function quotedToken([, string, doubleQuoted, backticked]: RegExpExecArray): Token {
  if (string !== undefined) return { kind: 'string', text: string.replaceAll("''", "'") };
  if (doubleQuoted !== undefined) return { kind: 'doubleQuoted', text: doubleQuoted.replaceAll('""', '"') };
  return { kind: 'backticked', text: backticked!.replaceAll('``', '`') };
}

function numberTokens(digits: string, suffix: string | undefined, rest: string, path: string): Token[] {
  if (suffix === undefined && /^[\p{L}\p{N}_]/u.test(rest))
    throw refusal(path, `"${digits}${rest[0]!}..." is not a number`);
  if (!Number.isFinite(Number(digits))) throw refusal(path, `number ${digits} is too large`);
  const number: Token = { kind: 'number', text: digits };
  const type = suffix === undefined ? undefined : SUFFIX_TYPES[suffix.toUpperCase()]!;
  // Numbers with a decimal point are decimals already.
  if (type === undefined || type === 'DECIMAL') return [number];
  return [
    { kind: 'word', text: 'CAST' },
    { kind: 'operator', text: '(' },
    number,
    { kind: 'word', text: 'AS' },
    { kind: 'word', text: type },
    { kind: 'operator', text: ')' },
  ];
}

function refuseComment(clause: string, at: number, path: string): void {
  if (clause.startsWith('--', at) || clause.startsWith('/*', at))
    throw refusal(path, 'comments are not allowed in a filter');
}

/** E'..', x'..', r'..': escapes that differ between SQL dialects. DATE'..' is fine. */
function refusePrefixedString(word: string, next: string | undefined, path: string): void {
  if (next === "'" && word.length === 1)
    throw refusal(path, `strings with a prefix (${word}'...') are not allowed in a filter; write '...'`);
}

function unexpected(clause: string, at: number, path: string): Error {
  const character = String.fromCodePoint(clause.codePointAt(at)!);
  if (character === "'" || character === '"' || character === '`')
    return refusal(path, `the quote ${character} at position ${at + 1} is never closed`);
  const what = /[\p{Cc}\p{Cf}\p{Zs}\p{Zl}\p{Zp}\p{Cs}\p{Cn}\p{Co}]/u.test(character)
    ? `character U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`
    : `"${character}"`;
  return refusal(path, `${what} at position ${at + 1} is not allowed in a filter`);
}
