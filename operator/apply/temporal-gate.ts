import { pause } from '../kubernetes.ts';
import type { Outage } from '../watch/outage.ts';
import type { TemporalPort } from './temporal-port.ts';

/** Milliseconds between probes of a Temporal that does not answer. */
const PROBE_PERIOD = 1_000;

/**
 * Notes that Temporal does not answer, so that not every resource has to find out, and probes until it does; then
 * everything that waited for it is looked at again at once.
 */
export class TemporalGate {
  readonly #temporal: Pick<TemporalPort, 'ping'>;
  readonly #outage: Outage;
  readonly #onRecovered: (key: string) => void;
  readonly #signal: AbortSignal;
  readonly #waiting = new Set<string>();
  #open = true;

  constructor(
    temporal: Pick<TemporalPort, 'ping'>,
    outage: Outage,
    onRecovered: (key: string) => void,
    signal: AbortSignal,
  ) {
    this.#temporal = temporal;
    this.#outage = outage;
    this.#onRecovered = onRecovered;
    this.#signal = signal;
  }

  get open(): boolean {
    return this.#open;
  }

  /** This resource is to be looked at when Temporal answers again. */
  wait(key: string): void {
    this.#waiting.add(key);
  }

  close(error: unknown): void {
    if (!this.#open) return;
    this.#open = false;
    this.#outage.failed(error);
    void this.#probe();
  }

  async #probe(): Promise<void> {
    while (!this.#signal.aborted) {
      if (await this.#temporal.ping()) {
        this.#open = true;
        this.#outage.recovered();
        const keys = [...this.#waiting];
        this.#waiting.clear();
        for (const key of keys) this.#onRecovered(key);
        return;
      }
      await pause(PROBE_PERIOD, this.#signal);
    }
  }
}
