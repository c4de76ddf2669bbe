import type { Logger } from 'pino';
import { messageOf } from '../kubernetes.ts';

/** Logs the beginning and the end of an outage of one peer, however often it is tried in between. */
export class Outage {
  readonly #log: Logger;
  readonly #peer: string;
  readonly #now: () => number;
  #since: number | undefined;

  /** @param peer for the log, e.g. `Temporal at 127.0.0.1:7233` */
  constructor(log: Logger, peer: string, now: () => number = () => performance.now()) {
    this.#log = log;
    this.#peer = peer;
    this.#now = now;
  }

  failed(error: unknown): void {
    if (this.#since !== undefined) return;
    this.#since = this.#now();
    this.#log.warn({ reason: messageOf(error) }, `${this.#peer} cannot be used; trying again until it can`);
  }

  recovered(): void {
    if (this.#since === undefined) return;
    const seconds = Math.round((this.#now() - this.#since) / 1000);
    this.#since = undefined;
    this.#log.info({ seconds }, `${this.#peer} can be used again`);
  }
}
