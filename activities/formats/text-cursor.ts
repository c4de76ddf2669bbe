/** A place in a text that is parsed by patterns, which must be sticky (`y`). */
export class TextCursor {
  readonly #text: string;
  readonly #wanted: string;
  #position = 0;

  /** @param wanted what the text should be, for messages, e.g. `a type of the engine` */
  constructor(text: string, wanted: string) {
    this.#text = text;
    this.#wanted = wanted;
  }

  /** Throws when there is more. */
  end(): void {
    if (this.#position < this.#text.length) this.fail();
  }

  expect(pattern: RegExp): RegExpExecArray {
    return this.take(pattern) ?? this.fail();
  }

  take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#position;
    const match = pattern.exec(this.#text) ?? undefined;
    if (match !== undefined) this.#position = pattern.lastIndex;
    return match;
  }

  fail(): never {
    throw new Error(`not ${this.#wanted} at character ${this.#position + 1}: ${this.#text}`);
  }
}
