/** Milliseconds. A terminal and the program's own starter both pass the same Ctrl-C on. */
const SAME = 500;
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Ctrl-C, or SIGTERM: the first asks for an orderly end, a later one is impatient. */
export class Interruption {
  readonly #orderly = new AbortController();
  readonly #handle: () => void;

  /** @param leave what to do when somebody is impatient */
  constructor(leave: () => void) {
    let first: number | undefined;
    this.#handle = () => {
      first ??= performance.now();
      this.#orderly.abort();
      if (performance.now() - first > SAME) leave();
    };
    for (const name of SIGNALS) process.on(name, this.#handle);
  }

  /** Aborted by the first. */
  get signal(): AbortSignal {
    return this.#orderly.signal;
  }

  close(): void {
    for (const name of SIGNALS) process.off(name, this.#handle);
  }
}
