import type { Command } from 'commander';
import { KubernetesError } from '../operator/kubernetes.ts';
import { describeText, type TransferEvent } from './describe-text.ts';
import { kubernetesCommand, withKubernetes, type Kubernetes, type KubernetesOptions } from './kubernetes.ts';
import { writeOut } from './output.ts';
import { PROGRAM } from './program.ts';
import { getTransfer, type ListedTransfer } from './transfers.ts';

const MOST_EVENTS = 500;

/** `ddc describe`: all there is to know of BatchTransfers of a cluster. */
export function describeCommand(): Command {
  return kubernetesCommand('describe')
    .description(
      'Tells all there is to know of a BatchTransfer: progress, pace, schemas, what is wrong, events.',
    )
    .argument('<name...>', 'which')
    .addHelpText(
      'after',
      `
Examples:
  ${PROGRAM} describe payments
  ${PROGRAM} describe payments -n finance --context production`,
    )
    .action(describe);
}

async function describe(names: string[], options: KubernetesOptions): Promise<void> {
  await withKubernetes(options, async (kubernetes) => {
    const texts = names.map(async (name) => {
      const transfer = await getTransfer(kubernetes, name);
      return describeText(transfer, await eventsOf(kubernetes, transfer), new Date());
    });
    writeOut((await Promise.all(texts)).map((lines) => `${lines.join('\n')}\n`).join('\n\n'));
  });
}

interface Event {
  type?: string;
  reason?: string;
  message?: string;
  count?: number;
  lastTimestamp?: string;
  eventTime?: string;
  metadata: { creationTimestamp: string };
}

async function eventsOf({ client }: Kubernetes, { metadata }: ListedTransfer): Promise<TransferEvent[]> {
  const query = new URLSearchParams({
    fieldSelector: `involvedObject.uid=${metadata.uid}`,
    limit: String(MOST_EVENTS),
  });
  const path = `/api/v1/namespaces/${encodeURIComponent(metadata.namespace)}/events?${query.toString()}`;
  const { items } = await client.get<{ items: Event[] }>(path).catch((error: unknown) => {
    // who may read transfers may not be allowed to read events
    if (error instanceof KubernetesError && error.status === 403) return { items: [] };
    throw error;
  });
  return items.map(
    ({ type = '', reason = '', message = '', count = 1, lastTimestamp, eventTime, metadata: own }) => ({
      type,
      reason,
      message,
      count,
      at: lastTimestamp ?? eventTime ?? own.creationTimestamp,
    }),
  );
}
