import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import pino from 'pino';
import type { Logger } from 'pino';
import type { ClauseCheck } from './api/index.ts';
import { operate } from './apply/operate.ts';
import { openTemporal } from './apply/temporal.ts';
import { clauseChecker } from './clauses.ts';
import { readConfig } from './config.ts';
import type { OperatorConfig } from './config.ts';
import { KubernetesClient, loadKubeConfig, messageOf } from './kubernetes.ts';
import { becomeLeader } from './watch/leader.ts';
import { KubernetesLease } from './watch/lease.ts';
import { Outage } from './watch/outage.ts';
import { runWebhook } from './webhook/run.ts';

const LEASE_NAME = 'ddc-operator';

/** Answers the API server, and works when it leads; when one of them fails, both end. */
async function run(config: OperatorConfig, log: Logger, stop: AbortController): Promise<void> {
  const client = new KubernetesClient(loadKubeConfig(config.kubeconfig));
  const clauses = clauseChecker(log);
  const { webhook: settings, environment } = config;
  const { signal } = stop;
  const parts = [lead(config, client, clauses.check, log, signal)];
  if (settings)
    parts.push(runWebhook({ settings, client, environment, clauses: clauses.check, log, signal }));
  const ended = await Promise.allSettled(parts.map((part) => part.finally(() => stop.abort())));
  clauses.close();
  client.close();
  for (const end of ended) if (end.status === 'rejected') throw end.reason;
}

/**
 * Stands for leader, works while it is, stands again when an outage cost it the term: all it knows is in Kubernetes
 * and Temporal, so that a new term begins like a new process.
 */
async function lead(
  config: OperatorConfig,
  client: KubernetesClient,
  clauses: ClauseCheck,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  const { temporalAddress: address, temporalNamespace: namespace, taskQueue, regions } = config;
  const temporal = openTemporal({ address, namespace, taskQueue, regions, log });
  const identity = `${hostname()}_${process.pid}_${randomUUID().slice(0, 8)}`;
  const election = {
    identity,
    lease: new KubernetesLease(client, config.leaderElectionNamespace, LEASE_NAME),
    outage: new Outage(log, `Lease ${config.leaderElectionNamespace}/${LEASE_NAME} at ${client.address}`),
  };
  while (!signal.aborted) {
    log.info({ identity }, 'standing for leader');
    const term = await becomeLeader(election, signal);
    if (!term) break;
    log.info({ identity }, 'leading');
    await operate({ config, client, temporal, clauses, term, identity, log, signal });
    if (signal.aborted) await term.release();
    else log.error({ end: await term.ended }, 'lost the leadership; stopped reconciling');
  }
  await temporal.close();
}

const config = readConfig(process.argv);
const log = pino({ level: config.logLevel, base: { component: 'operator', pid: process.pid } });
const stop = new AbortController();
for (const name of ['SIGTERM', 'SIGINT'] as const)
  process.once(name, () => {
    log.info({ signal: name }, 'stopping');
    stop.abort();
  });
try {
  await run(config, log, stop);
  log.info('stopped');
} catch (error) {
  log.fatal({ reason: messageOf(error) }, 'operator ended');
  process.exitCode = 1;
}
