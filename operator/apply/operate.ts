import type { Logger } from 'pino';
import type { EgressPolicy } from '../../egress/policy.ts';
import type { OperatorConfig } from '../config.ts';
import { KubernetesError, messageOf } from '../kubernetes.ts';
import type { KubernetesClient } from '../kubernetes.ts';
import { collectionPath, fromStored, resourceKey } from '../reconcile/resource.ts';
import type { StoredTransfer } from '../reconcile/resource.ts';
import { qualifiedName, RESOURCE_TYPES } from '../api/index.ts';
import type { ClauseCheck } from '../api/index.ts';
import { ResourceCache } from '../watch/cache.ts';
import type { Term } from '../watch/leader.ts';
import { Outage } from '../watch/outage.ts';
import { WorkQueue } from '../watch/queue.ts';
import { readiness } from '../watch/readiness.ts';
import { watchCollection } from '../watch/watcher.ts';
import { EndWatch } from './end-watch.ts';
import { EventRecorder } from './events.ts';
import { TermOver } from './perform.ts';
import { PollBudget } from './poll-budget.ts';
import { Reconciler } from './reconciler.ts';
import { TemporalGate } from './temporal-gate.ts';
import type { TemporalPort } from './temporal-port.ts';
import { TransferWriter } from './transfers.ts';

const CONCURRENT_RECONCILES = 16;
/** Milliseconds. */
const BASE_DELAY = 5;
const MAX_DELAY = 300_000;
const POLLS_PER_SECOND = 20;

export interface OperateOptions {
  config: OperatorConfig;
  client: KubernetesClient;
  temporal: TemporalPort;
  clauses: ClauseCheck;
  egress: EgressPolicy;
  term: Term;
  /** Of this process, unique. */
  identity: string;
  log: Logger;
  /** Ends the work before the term ends. */
  signal: AbortSignal;
}

/** Does the operator's work for one term of leadership; resolves when it has ended and nothing is under way. */
export async function operate(options: OperateOptions): Promise<void> {
  const { config, client, temporal, clauses, egress, term, identity, log } = options;
  const signal = AbortSignal.any([options.signal, term.signal]);
  const cache = new ResourceCache();
  const apiServer = new Outage(log, `Kubernetes API at ${client.address}`);
  const queue: WorkQueue = new WorkQueue((key) => reconciler.handle(key), {
    concurrency: CONCURRENT_RECONCILES,
    baseDelay: BASE_DELAY,
    maxDelay: MAX_DELAY,
    onError: (key, error) => {
      if (signal.aborted || error instanceof TermOver) return;
      if (error instanceof KubernetesError && error.unavailable) apiServer.failed(error);
      else log.error({ resource: key, reason: messageOf(error) }, 'reconciling failed; it is tried again');
    },
  });
  const add = (key: string): void => queue.add(key);
  const reconciler = new Reconciler({
    cache,
    temporal,
    writer: new TransferWriter(client),
    events: new EventRecorder(client, identity, log),
    gate: new TemporalGate(temporal, new Outage(log, `Temporal at ${config.temporalAddress}`), add, signal),
    ends: new EndWatch(temporal, add, signal),
    budget: new PollBudget(POLLS_PER_SECOND),
    environment: config.environment,
    clauses,
    egress,
    taskQueue: config.taskQueue,
    parkFor: config.parkFor,
    regions: config.regions,
    mayAct: () => !signal.aborted && term.valid,
  });
  const looked = readiness(RESOURCE_TYPES, () => log.info('operator ready'));
  const watches = RESOURCE_TYPES.map((type) =>
    watchCollection<StoredTransfer>(
      client,
      {
        path: collectionPath(type, config.watchNamespace),
        outage: new Outage(log, `Kubernetes API at ${client.address} (${qualifiedName(type)})`),
        onList: (items) => {
          // the members of a list come without these
          const complete = items.map((item) => fromStored({ ...item, ...type }));
          for (const key of cache.replace(type, complete)) queue.add(key);
          looked(type, true);
        },
        onMissing: () => looked(type, false),
        onEvent: (event, stored) => {
          const resource = fromStored(stored);
          if (event === 'DELETED') cache.remove(resource);
          else if (!cache.put(resource)) return;
          queue.add(resourceKey(resource));
        },
        onReconnect: () => {
          apiServer.recovered();
          for (const key of cache.keys(type)) queue.add(key);
        },
      },
      signal,
    ),
  );
  await Promise.all(watches);
  await queue.stop();
}
