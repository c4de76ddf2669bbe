import { findColumn, suggestion } from '../columns.ts';
import type { TransformColumn } from '../transform.ts';
import { MAX_CASE_OPERAND_TOKENS, MAX_DEPTH } from './limits.ts';
import { refusal } from './refusal.ts';
import { joinTokens, type Token } from './tokens.ts';

/** What the compiler needs for itself (SIMILAR TO carries RLIKE through the parser) or the parser multiplies. */
const REFUSED_WORDS: Record<string, string> = {
  SIMILAR: 'SIMILAR TO is not allowed in a filter; use RLIKE or LIKE',
  REGEXP_FULL_MATCH: "function regexp_full_match is not allowed in a filter; use RLIKE '^(?:...)$'",
  SYMMETRIC: 'BETWEEN SYMMETRIC is not allowed in a filter',
};

/** Operators in words, and words that another one replaces. */
const REPLACED_WORDS: Record<string, readonly Token[]> = {
  DIV: [{ kind: 'operator', text: '//' }],
  // The one infix form of a regular expression that can be negated in the engine's grammar.
  RLIKE: [
    { kind: 'word', text: 'SIMILAR' },
    { kind: 'word', text: 'TO' },
  ],
  REGEXP: [
    { kind: 'word', text: 'SIMILAR' },
    { kind: 'word', text: 'TO' },
  ],
};

/**
 * Spark SQL's spellings as the engine's: backticks, `==`, `!x`, `div`, RLIKE, strings in double quotes. A
 * double-quoted word that names a column is that column, any other is a text (with a warning: it may be a typing
 * error). Without a relation it is a text unless it stands for a name. Also refuses what must not reach the parser: see
 * limits.ts.
 */
export function rewriteSpellings(
  tokens: readonly Token[],
  relation: readonly TransformColumn[] | undefined,
  path: string,
): { text: string; warnings: string[] } {
  refuseUnbalanced(tokens, path);
  const warnings: string[] = [];
  const rewritten = tokens.flatMap((token, index): readonly Token[] => {
    const qualified = isOperator(tokens[index - 1], '.');
    const isCall = isOperator(tokens[index + 1], '(');
    if (isCall && (token.kind === 'backticked' || (token.kind === 'word' && qualified)))
      throw refusal(
        path,
        `function ${token.text} must be written without quotes and without a name in front`,
      );
    if (token.kind === 'doubleQuoted') {
      const identifies =
        qualified ||
        isOperator(tokens[index + 1], '.') ||
        (relation !== undefined && findColumn(token.text, relation, path) !== undefined);
      if (identifies) return [token];
      if (relation !== undefined)
        warnings.push(
          `${path}: "${token.text}" names no column and is taken as a text${hint(token.text, relation)}`,
        );
      return [{ kind: 'string', text: token.text }];
    }
    if (token.kind === 'operator') return [rewriteOperator(token)];
    if (token.kind !== 'word' || qualified) return [token];
    const word = token.text.toUpperCase();
    if (Object.hasOwn(REFUSED_WORDS, word)) throw refusal(path, REFUSED_WORDS[word]!);
    if (word === 'IN' && !isPosition(tokens, index)) refuseInWithoutList(tokens[index + 1], path);
    if (word === 'CASE') refuseLongOperand(tokens, index, path);
    // As a function `regexp(text, pattern)`, or the name of a column at the clause's beginning.
    const infix = index > 0 && !isCall && endsOperand(tokens[index - 1]!);
    return infix && Object.hasOwn(REPLACED_WORDS, word) ? REPLACED_WORDS[word]! : [token];
  });
  return { text: joinTokens(rewritten), warnings };
}

function hint(word: string, relation: readonly TransformColumn[]): string {
  const names = relation.map((column) => column.name);
  const similar = suggestion(word, names);
  return similar === undefined ? '' : `; did you mean the column "${similar}"?`;
}

function rewriteOperator(token: Token): Token {
  if (token.text === '==') return { kind: 'operator', text: '=' };
  // In Spark `!` binds as NOT does.
  if (token.text === '!') return { kind: 'word', text: 'NOT' };
  return token;
}

function isOperator(token: Token | undefined, text: string): boolean {
  return token?.kind === 'operator' && token.text === text;
}

function isWord(token: Token | undefined, word: string): boolean {
  return token?.kind === 'word' && token.text.toUpperCase() === word;
}

/** Whether an infix operator may follow. */
function endsOperand(token: Token): boolean {
  if (token.kind === 'operator') return token.text === ')';
  return !(isWord(token, 'AND') || isWord(token, 'OR') || isWord(token, 'WHEN') || isWord(token, 'THEN'));
}

function refuseUnbalanced(tokens: readonly Token[], path: string): void {
  let depth = 0;
  for (const token of tokens) {
    if (isOperator(token, '(')) depth += 1;
    if (isOperator(token, ')')) depth -= 1;
    if (depth < 0) throw refusal(path, 'a closing parenthesis has no opening one');
    if (depth > MAX_DEPTH) throw refusal(path, `parentheses are nested more than ${MAX_DEPTH} deep`);
  }
  if (depth > 0) throw refusal(path, 'an opening parenthesis is never closed');
}

/** Whether the IN at `index` is that of POSITION('x' IN name). */
function isPosition(tokens: readonly Token[], index: number): boolean {
  return isOperator(tokens[index - 2], '(') && isWord(tokens[index - 3], 'POSITION');
}

function refuseInWithoutList(next: Token | undefined, path: string): void {
  if (!isOperator(next, '(')) throw refusal(path, 'IN needs a list in parentheses, e.g. IN (1, 2)');
}

function refuseLongOperand(tokens: readonly Token[], index: number, path: string): void {
  const end = tokens.findIndex((token, place) => place > index && isWord(token, 'WHEN'));
  const operand = tokens.slice(index + 1, end < 0 ? tokens.length : end);
  if (operand.length > MAX_CASE_OPERAND_TOKENS || operand.some((token) => isWord(token, 'CASE')))
    throw refusal(path, 'CASE has too long an operand; write CASE WHEN x = ... THEN ... END');
}
