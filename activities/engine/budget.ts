/** What the jobs in work share of something that is limited. */
export class Budget {
  readonly total: number;
  #reserved = 0;

  constructor(total: number) {
    this.total = total;
  }

  /** @returns whether there was so much left; it is reserved now */
  reserve(amount: number): boolean {
    if (this.#reserved + amount > this.total) return false;
    this.#reserved += amount;
    return true;
  }

  release(amount: number): void {
    this.#reserved -= amount;
  }
}
