/** A header line and `count` records; a row is text without the newline. */
export function csvOf(header: string, count: number, row: (index: number) => string): string {
  return `${header}\n${Array.from({ length: count }, (_, index) => `${row(index)}\n`).join('')}`;
}
