import { exponential } from './backoff.ts';

export interface QueueOptions {
  /** How many keys are handled at once. */
  concurrency: number;
  /** First and longest delay in milliseconds after a key's handler threw. */
  baseDelay: number;
  maxDelay: number;
  /** Told of what a handler threw; the key is already due again. */
  onError(key: string, error: unknown): void;
}

/** Milliseconds until the key is due again; `retry`: after the key's back-off; undefined: when it is added. */
export type HandlerResult = number | 'retry' | undefined;

/**
 * Keyed work queue: a key is handled by one handler at a time, however often it is added; adding it while it is
 * being handled makes it due once more. A handler that throws is tried again with the key's own back-off.
 */
export class WorkQueue {
  readonly #handler: (key: string) => Promise<HandlerResult>;
  readonly #options: QueueOptions;
  readonly #ready = new Set<string>();
  readonly #active = new Map<string, Promise<void>>();
  /** Keys that were added while being handled. */
  readonly #again = new Set<string>();
  readonly #timers = new Map<string, { due: number; timer: NodeJS.Timeout }>();
  readonly #failures = new Map<string, number>();
  #stopped = false;

  constructor(handler: (key: string) => Promise<HandlerResult>, options: QueueOptions) {
    this.#handler = handler;
    this.#options = options;
  }

  add(key: string): void {
    if (this.#stopped) return;
    this.#clearTimer(key);
    if (this.#active.has(key)) this.#again.add(key);
    else this.#ready.add(key);
    this.#dispatch();
  }

  /** Adds the key after so many milliseconds; of several due times the earliest holds. */
  addAfter(key: string, milliseconds: number): void {
    if (this.#stopped) return;
    const due = performance.now() + milliseconds;
    const waiting = this.#timers.get(key);
    if (waiting && waiting.due <= due) return;
    this.#clearTimer(key);
    const timer = setTimeout(() => this.add(key), milliseconds);
    this.#timers.set(key, { due, timer });
  }

  /** Starts no more handlers; resolves when those that run have ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#ready.clear();
    this.#again.clear();
    for (const key of this.#timers.keys()) this.#clearTimer(key);
    await Promise.all(this.#active.values());
  }

  #dispatch(): void {
    for (const key of this.#ready) {
      if (this.#stopped || this.#active.size >= this.#options.concurrency) return;
      this.#ready.delete(key);
      this.#active.set(key, this.#handle(key));
    }
  }

  async #handle(key: string): Promise<void> {
    let result: HandlerResult;
    try {
      result = await this.#handler(key);
    } catch (error) {
      result = 'retry';
      this.#options.onError(key, error);
    }
    this.#active.delete(key);
    if (result === 'retry') {
      const failures = (this.#failures.get(key) ?? 0) + 1;
      this.#failures.set(key, failures);
      this.addAfter(key, exponential(failures, this.#options.baseDelay, this.#options.maxDelay));
    } else {
      this.#failures.delete(key);
      if (result !== undefined) this.addAfter(key, result);
    }
    if (this.#again.delete(key)) this.add(key);
    this.#dispatch();
  }

  #clearTimer(key: string): void {
    const waiting = this.#timers.get(key);
    if (!waiting) return;
    clearTimeout(waiting.timer);
    this.#timers.delete(key);
  }
}
