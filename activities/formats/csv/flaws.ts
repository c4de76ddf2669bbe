import type { Flaw } from './scanner.ts';

/**
 * A structural flaw for people. `linesBefore`: lines of the object before the scan began. Never quotes the
 * line: it may hold what policy hides.
 */
export function flawText(
  location: string,
  fields: number,
  flaw: Flaw | undefined,
  linesBefore: number,
): string {
  const place = `${location} line ${linesBefore + (flaw?.line ?? 1)}`;
  switch (flaw?.what) {
    case 'fields':
      return `${place}: expected ${fields} fields, found ${flaw.found}`;
    case 'misquoted':
      return `${place}: a double quote must enclose a whole value, with nothing between it and the comma, and be doubled within the value`;
    default:
      return `${place}: the record that begins here has a double quote that is never closed`;
  }
}
