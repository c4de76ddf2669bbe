import type { RunProgress } from '../../workflows/contract.ts';

const REMEMBERED = 10_000;

/**
 * What workflows have told of themselves. It is a function of their histories: while no event has come, to ask again
 * would cost a worker's time for the same answer.
 */
export class KnownProgress {
  readonly #known = new Map<string, { events: number; progress: RunProgress }>();

  /** @param events of the history so far */
  get(runId: string, events: number): RunProgress | undefined {
    const known = this.#known.get(runId);
    return known?.events === events ? known.progress : undefined;
  }

  /** @param events of the history before it was asked: one that has come since makes the answer old too early, not too late */
  put(runId: string, events: number, progress: RunProgress): void {
    if (this.#known.size >= REMEMBERED) this.#known.clear();
    this.#known.set(runId, { events, progress });
  }
}
