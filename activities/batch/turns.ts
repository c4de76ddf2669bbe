interface Waiting {
  group: string;
  begin(): void;
}

/** Lets so many of each group be under way at once; the others wait, each group in order. */
export class Turns {
  readonly #perGroup: number;
  readonly #underWay = new Map<string, number>();
  readonly #waiting: Waiting[] = [];

  constructor(perGroup: number) {
    this.#perGroup = perGroup;
  }

  /** Rejects with the signal's reason when it is aborted before the turn has come. */
  async take<T>(group: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    await this.#turn(group, signal);
    try {
      return await work();
    } finally {
      this.#end(group);
    }
  }

  async #turn(group: string, signal: AbortSignal): Promise<void> {
    const count = this.#underWay.get(group) ?? 0;
    if (count < this.#perGroup) {
      this.#underWay.set(group, count + 1);
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(signal.reason as Error);
      };
      const waiting: Waiting = {
        group,
        begin() {
          signal.removeEventListener('abort', leave);
          resolve();
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.push(waiting);
    });
  }

  /** Hands the turn on. */
  #end(group: string): void {
    const next = this.#waiting.findIndex((waiting) => waiting.group === group);
    if (next >= 0) {
      this.#waiting.splice(next, 1)[0]!.begin();
      return;
    }
    const count = this.#underWay.get(group)! - 1;
    if (count === 0) this.#underWay.delete(group);
    else this.#underWay.set(group, count);
  }
}
