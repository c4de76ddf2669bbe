/** Characters of a cell, usually; the other outputs have all of them. */
const WIDEST = 64;

/**
 * Lines with aligned columns; the first row is the heading.
 * @param widest characters of a cell, beyond which it is cut
 */
export function table(rows: readonly (readonly string[])[], widest?: number): string[] {
  return new GrowingTable(widest).add(rows);
}

/** A table whose rows come bit by bit: columns become wider, never narrower. */
export class GrowingTable {
  readonly #widest: number;
  #widths: number[] = [];

  constructor(widest = WIDEST) {
    this.#widest = widest;
  }

  add(rows: readonly (readonly string[])[]): string[] {
    const cells = rows.map((row) => row.map((cell) => shortened(printable(cell), this.#widest)));
    this.#widths = (cells[0] ?? this.#widths).map((_, column) =>
      Math.max(this.#widths[column] ?? 0, ...cells.map((row) => width(row[column] ?? ''))),
    );
    return cells.map((row) =>
      row
        .map((cell, column) => cell + ' '.repeat(this.#widths[column]! - width(cell)))
        .join('  ')
        .trimEnd(),
    );
  }
}

/** Text of others must not steer the terminal: control characters, and those that turn the direction, as escapes. */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    (character) => ESCAPES[character] ?? `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}

const ESCAPES: Record<string, string> = { '\n': String.raw`\n`, '\r': String.raw`\r`, '\t': String.raw`\t` };

const width = (text: string): number => Array.from(text).length;

function shortened(text: string, widest: number): string {
  const characters = Array.from(text);
  return characters.length <= widest ? text : `${characters.slice(0, widest - 1).join('')}…`;
}
