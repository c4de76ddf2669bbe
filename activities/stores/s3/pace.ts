import { setTimeout as delay } from 'node:timers/promises';

/** What was not used may be caught up with for so long. */
const BURST_MS = 1_000;

export interface Clock {
  /** Milliseconds, never going back. */
  now(): number;
  wait(milliseconds: number): Promise<void>;
}

const CLOCK: Clock = {
  now: () => performance.now(),
  wait: async (milliseconds) => {
    await delay(milliseconds);
  },
};

/**
 * At most `perSecond` of something, after a burst of one second's worth; first come, first served. Kept as one
 * number: the time by which all that was granted will have been earned.
 */
export class Pace {
  readonly #perSecond: number;
  readonly #clock: Clock;
  #earnedAt = Number.NEGATIVE_INFINITY;

  constructor(perSecond: number, clock: Clock = CLOCK) {
    this.#perSecond = perSecond;
    this.#clock = clock;
  }

  /** Whether it would behave as a new one. */
  get idle(): boolean {
    return this.#earnedAt <= this.#clock.now() - BURST_MS;
  }

  /** Resolves when so much more may be used. */
  async take(amount: number): Promise<void> {
    const now = this.#clock.now();
    this.#earnedAt = Math.max(this.#earnedAt, now - BURST_MS) + (amount / this.#perSecond) * 1000;
    if (this.#earnedAt > now) await this.#clock.wait(this.#earnedAt - now);
  }
}
