import { OPEN_POLICY } from '../../egress/policy.ts';
import pino from 'pino';
import { EndWatch } from '../../operator/apply/end-watch.ts';
import { EventRecorder } from '../../operator/apply/events.ts';
import { PollBudget } from '../../operator/apply/poll-budget.ts';
import { Reconciler } from '../../operator/apply/reconciler.ts';
import { TemporalGate } from '../../operator/apply/temporal-gate.ts';
import { TransferWriter } from '../../operator/apply/transfers.ts';
import { ResourceCache } from '../../operator/watch/cache.ts';
import { Outage } from '../../operator/watch/outage.ts';
import type { HandlerResult } from '../../operator/watch/queue.ts';
import { clientOf, FakeCluster, NAME, NAMESPACE } from './operator-cluster.ts';
import { FakeTemporal } from './operator-temporal.ts';

const KEY = `BatchTransfer/${NAMESPACE}/${NAME}`;
const log = pino({ level: 'silent' });

/** The operator's real decisions and actions on a fake cluster and a fake Temporal, one step at a time. */
export class World {
  readonly cluster = new FakeCluster();
  readonly temporal: FakeTemporal;
  leader = true;
  #operator;
  #former;

  constructor(temporal = new FakeTemporal()) {
    this.temporal = temporal;
    this.#operator = this.#newOperator();
    this.#former = this.#operator;
  }

  /** A new process: all that is kept in memory is gone. The former one may yet act on what it knew (`zombie`). */
  restart(): void {
    this.#operator.stop.abort();
    this.#former = this.#operator;
    this.#operator = this.#newOperator();
    this.sync();
  }

  /** The watch brings the present state of the resource. */
  sync(): void {
    const { cache } = this.#operator;
    const { resource } = this.cluster;
    cache.replace({ apiVersion: 'fybrik.io/v1', kind: 'BatchTransfer' }, resource ? [resource] : []);
  }

  async reconcile(): Promise<HandlerResult> {
    return this.#operator.reconciler.handle(KEY);
  }

  async zombie(): Promise<HandlerResult> {
    return this.#former.reconciler.handle(KEY);
  }

  #newOperator() {
    const stop = new AbortController();
    const cache = new ResourceCache();
    const client = clientOf(this.cluster);
    const { temporal } = this;
    const reconciler = new Reconciler({
      cache,
      temporal,
      writer: new TransferWriter(client),
      events: new EventRecorder(client, 'test', log),
      // no probes: every step asks anew
      gate: new TemporalGate(temporal, new Outage(log, 'Temporal'), () => undefined, AbortSignal.abort()),
      ends: new EndWatch(temporal, () => undefined, stop.signal),
      budget: new PollBudget(1_000_000),
      environment: {},
      clauses: () => Promise.resolve(undefined),
      egress: OPEN_POLICY,
      taskQueue: 'ddc',
      parkFor: 3_600,
      mayAct: () => this.leader,
    });
    return { cache, reconciler, stop };
  }
}
