import { refusal } from './refusal.ts';
import { call, comparison, constantText, not, text, type Node } from './tree.ts';

/** The parser's functions for LIKE and its variants. */
const VARIANTS: Record<string, { negated: boolean; ignoreCase: boolean }> = {
  '~~': { negated: false, ignoreCase: false },
  '!~~': { negated: true, ignoreCase: false },
  '~~*': { negated: false, ignoreCase: true },
  '!~~*': { negated: true, ignoreCase: true },
  like_escape: { negated: false, ignoreCase: false },
  not_like_escape: { negated: true, ignoreCase: false },
  ilike_escape: { negated: false, ignoreCase: true },
  not_ilike_escape: { negated: true, ignoreCase: true },
};

/** One piece of a pattern: text, any one character, or any number of them. */
type Piece = { text: string } | '_' | '%';

export function isLike(functionName: string): boolean {
  return Object.hasOwn(VARIANTS, functionName);
}

/**
 * LIKE with a constant pattern as `=`, a prefix, suffix or substring test, or a regular expression: the engine's
 * own matcher backtracks without end on patterns like `%a_%b` and cannot be interrupted then. The same answers.
 */
export function rewriteLike(functionName: string, operands: readonly Node[], path: string): Node {
  const { negated, ignoreCase } = VARIANTS[functionName]!;
  const [subject, patternNode, escapeNode] = operands;
  const pattern = constantText(patternNode);
  if (pattern === undefined)
    throw refusal(path, "LIKE needs a constant pattern in quotes, e.g. name LIKE 'A%'");
  const escape = escapeNode === undefined ? undefined : escapeCharacter(escapeNode, path);
  const pieces = parsePattern(pattern, escape, path);
  // The engine's ILIKE compares what lower() makes of both sides.
  const fold = (node: Node): Node => (ignoreCase ? call('lower', [node]) : node);
  return matcher(fold(subject!), pieces, (value) => fold(text(value)), negated);
}

function escapeCharacter(node: Node, path: string): string {
  const escape = constantText(node);
  if (escape === undefined || Array.from(escape).length !== 1 || escape === '%' || escape === '_')
    throw refusal(path, "ESCAPE needs one constant character other than % and _, e.g. ESCAPE '!'");
  return escape;
}

function parsePattern(pattern: string, escape: string | undefined, path: string): Piece[] {
  // Spark takes it for an escape, SQL for itself: rows must not pass by a misunderstanding.
  if (escape === undefined && pattern.includes('\\'))
    throw refusal(
      path,
      String.raw`a LIKE pattern with a backslash needs ESCAPE, e.g. LIKE '10\%' ESCAPE '\'`,
    );
  const pieces: Piece[] = [];
  const literally = (character: string): void => {
    const last = pieces.at(-1);
    if (typeof last === 'object') last.text += character;
    else pieces.push({ text: character });
  };
  const characters = Array.from(pattern);
  for (let index = 0; index < characters.length; index += 1) {
    const character = characters[index]!;
    if (character === escape) {
      index += 1;
      const escaped = characters[index];
      if (escaped === undefined || (escaped !== '%' && escaped !== '_' && escaped !== escape))
        throw refusal(
          path,
          `in a LIKE pattern the escape character ${escape} must stand before %, _ or itself`,
        );
      literally(escaped);
    } else if (character === '%' || character === '_') {
      if (character === '_' || pieces.at(-1) !== '%') pieces.push(character);
    } else literally(character);
  }
  return pieces;
}

function matcher(subject: Node, pieces: Piece[], value: (text: string) => Node, negated: boolean): Node {
  const test = (name: string, ...rest: Node[]): Node => {
    const positive = call(name, [subject, ...rest]);
    return negated ? not(positive) : positive;
  };
  const [first, second, third] = pieces;
  const equals = (text: string): Node =>
    comparison(negated ? 'COMPARE_NOTEQUAL' : 'COMPARE_EQUAL', subject, value(text));
  if (pieces.length === 0) return equals('');
  if (pieces.length === 1 && isText(first)) return equals(first.text);
  if (pieces.length === 2 && isText(first) && second === '%') return test('starts_with', value(first.text));
  if (pieces.length === 2 && first === '%' && isText(second)) return test('ends_with', value(second.text));
  if (pieces.length === 3 && first === '%' && isText(second) && third === '%')
    return test('contains', value(second.text));
  // `s`: % and _ stand for line breaks too.
  return test('regexp_full_match', value(pieces.map(regularExpression).join('')), text('s'));
}

function isText(piece: Piece | undefined): piece is { text: string } {
  return typeof piece === 'object';
}

function regularExpression(piece: Piece): string {
  if (piece === '%') return '.*';
  if (piece === '_') return '.';
  return piece.text.replaceAll(/[\\^$.|?*+()[\]{}]/g, String.raw`\$&`);
}
