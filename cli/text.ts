import { printable, table } from './table.ts';

/** Lines of a label and a value; a value without a label belongs to the line above it. */
export function fields(
  pairs: readonly (readonly [label: string, value: string])[],
  labelWidth: number,
): string[] {
  return pairs.map(([label, value]) => `${label.padEnd(labelWidth)}${printable(value)}`);
}

/**
 * A title and lines, or a table; nothing when there are none.
 * @param widest characters of a cell, beyond which it is cut
 */
export function section(
  title: string,
  lines: readonly string[] | readonly string[][],
  widest?: number,
): string[] {
  if (lines.length === 0) return [];
  const texts = lines.flatMap((line) => (typeof line === 'string' ? [printable(line)] : []));
  const rows = lines.filter((line) => typeof line !== 'string');
  return ['', title, ...(texts.length > 0 ? texts : table(rows, widest)).map((line) => `  ${line}`)];
}

/** e.g. `1 row`, `2,000 rows` */
export function counted(count: number, what: string): string {
  return `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;
}
