/** Finds values of columns in bytes of whatever form: as text, and as the doubles that binary formats hold. */
export class OriginalValues {
  readonly #texts: ReadonlySet<string>;
  readonly #numbers: ReadonlySet<number>;

  /** @param values texts of letters and digits, and numbers with a point */
  constructor(values: Iterable<string>) {
    this.#texts = new Set(values);
    this.#numbers = new Set([...this.#texts].filter((text) => text.includes('.')).map(Number));
  }

  /** Those that occur, each once. */
  foundIn(bytes: Buffer): (string | number)[] {
    const found = new Set<string | number>();
    for (const [text] of bytes.toString('latin1').matchAll(/[A-Z]\d+|\d+\.\d+/g))
      if (this.#texts.has(text)) found.add(text);
    for (let at = 0; at + 8 <= bytes.length; at += 1) {
      const number = bytes.readDoubleLE(at);
      if (this.#numbers.has(number)) found.add(number);
    }
    return [...found];
  }
}
