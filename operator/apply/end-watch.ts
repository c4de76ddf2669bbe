import type { TemporalPort } from './temporal-port.ts';

/** Temporal bounds the long polls of a namespace; runs beyond this are noticed by polling. */
const MAX_WATCHED = 500;

/** Long polls for the end of workflows, so that the end of a short run is noticed at once. */
export class EndWatch {
  readonly #temporal: Pick<TemporalPort, 'ended'>;
  readonly #onEnd: (key: string) => void;
  readonly #signal: AbortSignal;
  readonly #watched = new Set<string>();

  /** @param onEnd told the resource's key when one of its workflows has ended */
  constructor(temporal: Pick<TemporalPort, 'ended'>, onEnd: (key: string) => void, signal: AbortSignal) {
    this.#temporal = temporal;
    this.#onEnd = onEnd;
    this.#signal = signal;
  }

  watch(workflowId: string, key: string): void {
    if (this.#watched.has(workflowId) || this.#watched.size >= MAX_WATCHED) return;
    this.#watched.add(workflowId);
    void this.#wait(workflowId, key);
  }

  async #wait(workflowId: string, key: string): Promise<void> {
    try {
      await this.#temporal.ended(workflowId, this.#signal);
      this.#onEnd(key);
    } catch {
      // a poll that breaks off is begun again when the resource is next looked at
    } finally {
      this.#watched.delete(workflowId);
    }
  }
}
