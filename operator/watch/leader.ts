import { KubernetesError, pause } from '../kubernetes.ts';
import type { LeaseContent, LeaseRecord, LeaseStore } from './lease.ts';
import type { Outage } from './outage.ts';

/** Milliseconds, as in Kubernetes' own components. */
export interface LeaderTimings {
  /** Others may take over when they have seen no renewal for so long. */
  lease: number;
  /** The leader itself stops this long after its last renewal: earlier than others may take over. */
  renewDeadline: number;
  retry: number;
}

export const LEADER_TIMINGS: LeaderTimings = { lease: 15_000, renewDeadline: 10_000, retry: 2_000 };

export interface ElectionOptions {
  lease: LeaseStore;
  /** Unique to this process. */
  identity: string;
  outage: Outage;
  timings?: LeaderTimings;
  /** Monotonic milliseconds. */
  monotonic?: () => number;
}

/** Why a term ended: another process holds the lease; no renewal in time; given back. */
export type TermEnd = 'taken' | 'expired' | 'released';

/** One time of being the leader. What was begun in it must not write after it. */
export class Term {
  /** Aborted when the term ends. */
  readonly signal: AbortSignal;
  readonly ended: Promise<TermEnd>;
  readonly #controller = new AbortController();
  readonly #options: Required<ElectionOptions>;
  #record: LeaseRecord;
  #renewedAt: number;
  #end: ((end: TermEnd) => void) | undefined;

  constructor(options: Required<ElectionOptions>, record: LeaseRecord, renewedAt: number) {
    this.#options = options;
    this.#record = record;
    this.#renewedAt = renewedAt;
    this.signal = this.#controller.signal;
    this.ended = new Promise((resolve) => (this.#end = resolve));
    void this.#renewals();
  }

  /** True only while nobody else can be the leader; also right after the process was stopped and continued. */
  get valid(): boolean {
    return !this.signal.aborted && this.#age() < this.#options.timings.renewDeadline;
  }

  /** Gives the lease back, so that the next leader need not wait for its end. */
  async release(): Promise<void> {
    if (!this.valid) return;
    this.#finish('released');
    const now = new Date().toISOString();
    const content = { ...this.#record, holder: '', durationSeconds: 1, renewTime: now, acquireTime: now };
    await this.#options.lease.write(content, this.#record).catch(() => undefined);
  }

  #age(): number {
    return this.#options.monotonic() - this.#renewedAt;
  }

  #finish(end: TermEnd): void {
    this.#controller.abort();
    this.#end?.(end);
  }

  async #renewals(): Promise<void> {
    const { timings, outage } = this.#options;
    while (!this.signal.aborted) {
      await pause(Math.max(0, Math.min(timings.retry, timings.renewDeadline - this.#age())), this.signal);
      if (this.signal.aborted) return;
      if (this.#age() >= timings.renewDeadline) return this.#finish('expired');
      try {
        if (!(await this.#renew())) return this.#finish('taken');
        outage.recovered();
      } catch (error) {
        if (!(error instanceof KubernetesError && error.status === 409)) outage.failed(error);
      }
    }
  }

  /** @returns false when another process holds the lease. */
  async #renew(): Promise<boolean> {
    const { lease, identity, monotonic } = this.#options;
    const sentAt = monotonic();
    try {
      const content = { ...this.#record, renewTime: new Date().toISOString() };
      const record = await lease.write(content, this.#record);
      if (this.signal.aborted) return true;
      this.#record = record;
      this.#renewedAt = sentAt;
      return true;
    } catch (error) {
      if (!(error instanceof KubernetesError) || error.status !== 409) throw error;
      const record = await lease.read();
      if (record?.holder !== identity) return false;
      this.#record = record;
      throw error;
    }
  }
}

/** Waits until this process is the leader; undefined when the signal was aborted first. */
export async function becomeLeader(options: ElectionOptions, signal: AbortSignal): Promise<Term | undefined> {
  const complete = { timings: LEADER_TIMINGS, monotonic: () => performance.now(), ...options };
  const { lease, identity, timings, monotonic, outage } = complete;
  let seen: LeaseRecord | undefined;
  let seenAt = 0;
  while (!signal.aborted) {
    try {
      const record = await lease.read();
      outage.recovered();
      if (record && record.resourceVersion !== seen?.resourceVersion) {
        seen = record;
        seenAt = monotonic();
      }
      const duration = record?.durationSeconds ? record.durationSeconds * 1000 : timings.lease;
      const free = !record?.holder || record.holder === identity || monotonic() - seenAt >= duration;
      if (free && !signal.aborted) {
        const sentAt = monotonic();
        return new Term(complete, await lease.write(claim(identity, timings, record), record), sentAt);
      }
    } catch (error) {
      if (!(error instanceof KubernetesError && error.status === 409)) outage.failed(error);
    }
    await pause(timings.retry * (0.8 + 0.4 * Math.random()), signal);
  }
  return undefined;
}

function claim(identity: string, timings: LeaderTimings, record: LeaseRecord | undefined): LeaseContent {
  const now = new Date().toISOString();
  return {
    holder: identity,
    renewTime: now,
    acquireTime: now,
    durationSeconds: timings.lease / 1000,
    transitions: record ? record.transitions + 1 : 0,
  };
}
