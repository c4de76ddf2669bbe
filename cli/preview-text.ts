import type { Preview } from '../activities/batch/preview.ts';
import { table } from './table.ts';

/** A preview for people, as lines: names and types of the columns above the values. */
export function previewText({ columns, rows }: Preview): string[] {
  return table([
    columns.map(({ name }) => name),
    columns.map(({ type }) => type),
    ...rows.map((row) => row.map((value) => value ?? 'NULL')),
  ]);
}

/** Why there are no more rows than there are; empty when there are as many as asked for. */
export function shortfall(preview: Preview, wanted: number): string[] {
  const { rows, rowsRead, bytesRead, sourceBytes, complete } = preview;
  if (rows.length >= wanted) return [];
  if (complete && rows.length === rowsRead) return [`the transfer has only ${rows.length} rows`];
  const read = complete ? 'of the source' : `in the first ${bytesRead} of ${sourceBytes} bytes of the source`;
  const what = complete ? 'no more' : 'no further was looked';
  return [`FilterRows and SampleRows leave ${rows.length} of the ${rowsRead} rows ${read}; ${what}`];
}
