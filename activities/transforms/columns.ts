import { TransferError } from '../failures.ts';
import type { TransformColumn } from './transform.ts';

/** Columns named in a message before the list is cut short. */
const LISTED_COLUMNS = 20;

/**
 * The name by which the engine tells columns apart: it ignores case in ASCII letters only (`É` and `é` are two
 * columns, `A` and `a` are one).
 */
export function foldName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/**
 * The column that a user means: the one of exactly this name, else the only one that differs just in case.
 * Undefined when there is none; InvalidOption when several differ just in case.
 */
export function findColumn(
  name: string,
  relation: readonly TransformColumn[],
  path: string,
): TransformColumn | undefined {
  const exact = relation.find((column) => column.name === name);
  if (exact !== undefined) return exact;
  const similar = relation.filter((column) => foldName(column.name) === foldName(name));
  if (similar.length > 1)
    throw new TransferError(
      'InvalidOption',
      `${path}: column "${name}" is ambiguous: ${quoteList(similar)} differ only in case; use the exact name`,
    );
  return similar[0];
}

/** InvalidOption when an action that works on columns names none. */
export function refuseNoColumns(names: readonly string[], path: string, action: string): void {
  if (names.length === 0)
    throw new TransferError('InvalidOption', `${path}.columns: ${action} needs at least one column`);
}

/** UnknownColumn with the closest name and the columns that exist. */
export function unknownColumn(
  name: string,
  relation: readonly TransformColumn[],
  path: string,
): TransferError {
  const hint = suggestion(
    name,
    relation.map((column) => column.name),
  );
  return new TransferError(
    'UnknownColumn',
    `${path}: ${missingColumn(name)}${hint === undefined ? '.' : `; did you mean "${hint}"?`} Columns: ${listColumns(relation)}`,
  );
}

/** The words for a column that is not there. */
export function missingColumn(name: string): string {
  return `column "${name}" does not exist in the source`;
}

/** Names for a message, cut short when there are many. */
export function listColumns(relation: readonly TransformColumn[]): string {
  const names = relation.slice(0, LISTED_COLUMNS).map((column) => column.name);
  const more = relation.length - names.length;
  return names.join(', ') + (more > 0 ? `, ... (${more} more)` : '');
}

function quoteList(columns: readonly TransformColumn[]): string {
  return columns.map((column) => `"${column.name}"`).join(' and ');
}

/** The candidate closest to a misspelt word, undefined when none is close. */
export function suggestion(word: string, candidates: readonly string[]): string | undefined {
  const allowed = Math.floor(word.length / 3);
  let best: { candidate: string; distance: number } | undefined;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) > allowed) continue;
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance <= allowed && (best === undefined || distance < best.distance))
      best = { candidate, distance };
  }
  return best?.candidate;
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
