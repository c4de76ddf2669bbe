/** What is wrong with the bytes, and where. The text never quotes them: they may hold what policy hides. */
export class Flaw extends Error {
  /** Offset in the bytes at hand. */
  readonly position: number;

  constructor(position: number, text: string) {
    super(text);
    this.name = 'Flaw';
    this.position = position;
  }
}

/** Thrown when the bytes end within a value, where more of them may follow. */
export class Incomplete extends Error {}
