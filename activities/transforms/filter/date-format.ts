import { refusal } from './refusal.ts';

/** Spark's pattern letters (Java's DateTimeFormatter) whose meaning the engine's strftime has, too. */
const LETTERS: Record<string, string> = {
  yyyy: '%Y',
  yy: '%y',
  MM: '%m',
  dd: '%d',
  HH: '%H',
  hh: '%I',
  mm: '%M',
  ss: '%S',
  SSS: '%g',
  SSSSSS: '%f',
  a: '%p',
};

const PIECE = /([A-Za-z])\1*|'((?:[^']|'')*)'|[^A-Za-z']/gy;

/** A pattern of Spark's date_format as one of strftime. InvalidFilter for letters that mean something else there. */
export function strftimePattern(pattern: string, path: string): string {
  let result = '';
  let end = 0;
  for (const [piece, letter, quoted] of pattern.matchAll(PIECE)) {
    end += piece.length;
    if (letter !== undefined) {
      if (!Object.hasOwn(LETTERS, piece))
        throw refusal(
          path,
          `date_format: ${piece} is not supported in a pattern. Supported: ${Object.keys(LETTERS).join(', ')}, 'text'`,
        );
      result += LETTERS[piece]!;
    } else {
      const text = quoted === undefined ? piece : quoted === '' ? "'" : quoted.replaceAll("''", "'");
      result += text.replaceAll('%', '%%');
    }
  }
  if (end < pattern.length) throw refusal(path, 'date_format: a quote in the pattern is never closed');
  return result;
}
