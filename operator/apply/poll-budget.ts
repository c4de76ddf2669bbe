/** Spreads progress queries so that at most so many begin in any second of the clock. */
export class PollBudget {
  readonly #perSecond: number;
  readonly #now: () => number;
  /** Second -> polls that are due in it. */
  readonly #due = new Map<number, number>();

  constructor(perSecond: number, now: () => number = () => performance.now()) {
    this.#perSecond = perSecond;
    this.#now = now;
  }

  /** Milliseconds to wait: the wished delay, or longer when others are due then. */
  reserve(delay: number): number {
    const now = this.#now();
    const present = Math.floor(now / 1000);
    for (const second of this.#due.keys()) if (second < present) this.#due.delete(second);
    const wished = Math.floor((now + delay) / 1000);
    let second = wished;
    while ((this.#due.get(second) ?? 0) >= this.#perSecond) second += 1;
    this.#due.set(second, (this.#due.get(second) ?? 0) + 1);
    return second === wished ? delay : second * 1000 - now;
  }
}
