import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import { KubernetesError } from '../kubernetes.ts';
import type { KubernetesClient } from '../kubernetes.ts';
import type { EventAction } from '../reconcile/actions.ts';
import { timestamp } from '../reconcile/conditions.ts';
import { resourceKey } from '../reconcile/resource.ts';
import type { TransferResource } from '../reconcile/resource.ts';

const COMPONENT = 'ddc-operator';
/** Of the API, in bytes; without the two that replace the end. */
const MESSAGE_LIMIT = 1_024;
const REMEMBERED = 10_000;

/** Writes Kubernetes Events whose names derive from what they say, so that none is written twice. */
export class EventRecorder {
  readonly #client: Pick<KubernetesClient, 'create'>;
  readonly #log: Logger;
  readonly #instance: string;
  readonly #written = new Set<string>();

  constructor(client: Pick<KubernetesClient, 'create'>, instance: string, log: Logger) {
    this.#client = client;
    this.#instance = instance;
    this.#log = log;
  }

  /** @throws KubernetesError when the API server is not available; an event that it refuses is only logged. */
  async record(resource: TransferResource, action: EventAction, now: Date): Promise<void> {
    const event = eventObject(resource, action, this.#instance, now);
    if (this.#written.has(event.metadata.name)) return;
    try {
      await this.#client.create(
        `/api/v1/namespaces/${encodeURIComponent(event.metadata.namespace)}/events`,
        event,
      );
    } catch (error) {
      if (!(error instanceof KubernetesError) || error.unavailable) throw error;
      if (error.status !== 409)
        this.#log.warn({ resource: resourceKey(resource), reason: error.message }, 'event refused');
    }
    if (this.#written.size >= REMEMBERED) this.#written.clear();
    this.#written.add(event.metadata.name);
  }
}

function eventObject(
  { apiVersion, kind, metadata }: TransferResource,
  { eventType, reason, message, discriminator }: EventAction,
  instance: string,
  now: Date,
) {
  const { namespace, name, uid, resourceVersion, generation } = metadata;
  const identity = JSON.stringify([uid, generation, reason, discriminator]);
  const hash = createHash('sha256').update(identity).digest('hex').slice(0, 16);
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { namespace, name: `${name.slice(0, 230).replace(/[^a-z0-9]+$/, '')}.${hash}` },
    involvedObject: { apiVersion, kind, namespace, name, uid, resourceVersion },
    type: eventType,
    reason,
    message: fit(message),
    source: { component: COMPONENT },
    reportingComponent: COMPONENT,
    reportingInstance: instance.slice(0, 128),
    firstTimestamp: timestamp(now),
    lastTimestamp: timestamp(now),
    count: 1,
  };
}

function fit(message: string): string {
  const bytes = Buffer.from(message);
  if (bytes.length <= MESSAGE_LIMIT) return message;
  const kept = bytes.subarray(0, MESSAGE_LIMIT - 3).toString('utf8');
  return `${kept.replace(/\uFFFD+$/u, '')}...`;
}
