const FIRST_MS = 1_000;
const MAX_MS = 30_000;

/** When to start a process in the place of one that has ended: where none lives long enough to answer, ever later. */
export class Restarts {
  #fruitless = 0;

  answered(): void {
    this.#fruitless = 0;
  }

  /** Milliseconds. */
  delay(endedByItself: boolean, everAnswered: boolean): number {
    if (!endedByItself || everAnswered) return 0;
    this.#fruitless += 1;
    return Math.min(MAX_MS, FIRST_MS * 2 ** (this.#fruitless - 1));
  }
}
