import { KubernetesError } from '../../operator/kubernetes.ts';
import type { TransferResource } from '../../operator/reconcile/resource.ts';

/** Name of a resource of the fake cluster; there is one at most. */
export const NAME = 'copy';
export const NAMESPACE = 'ns';

interface FakeEvent {
  metadata: { name: string };
  type: string;
  reason: string;
  message: string;
}

type Patch = Pick<TransferResource, 'metadata' | 'status'>;

/** The API server's rules for one resource: versions, generations, finalizers, conflicts. */
export class FakeCluster {
  resource: TransferResource | undefined;
  readonly events: FakeEvent[] = [];
  /** Called around every request; may throw to stand for a crash. */
  hook: (when: 'before' | 'after', what: string) => void = () => undefined;
  statusWrites = 0;
  #version = 0;
  #uids = 0;

  create(spec: unknown): void {
    this.#uids += 1;
    this.resource = {
      apiVersion: 'fybrik.io/v1',
      kind: 'BatchTransfer',
      metadata: {
        namespace: NAMESPACE,
        name: NAME,
        uid: `uid-${this.#uids}`,
        generation: 1,
        resourceVersion: this.#next(),
      },
      spec,
    };
  }

  changeSpec(spec: unknown): void {
    if (!this.resource) return;
    const { metadata } = this.resource;
    this.#update({ ...this.resource, spec, metadata: { ...metadata, generation: metadata.generation + 1 } });
  }

  /** Annotations are no part of the spec: the generation stays. */
  annotate(annotations: Record<string, string>): void {
    if (!this.resource) return;
    this.#update({ ...this.resource, metadata: { ...this.resource.metadata, annotations } });
  }

  delete(): void {
    if (!this.resource || this.resource.metadata.deletionTimestamp) return;
    const { metadata } = this.resource;
    const deletionTimestamp = new Date().toISOString();
    this.#update({
      ...this.resource,
      metadata: { ...metadata, deletionTimestamp, generation: metadata.generation + 1 },
    });
  }

  async read(): Promise<TransferResource> {
    this.hook('before', 'get');
    if (!this.resource) throw new KubernetesError(404, 'gone');
    return this.resource;
  }

  async record(event: FakeEvent): Promise<void> {
    this.hook('before', 'event');
    if (this.events.some(({ metadata }) => metadata.name === event.metadata.name))
      throw new KubernetesError(409, 'exists');
    this.events.push(event);
    this.hook('after', 'event');
  }

  async patch(path: string, { metadata, status }: Patch): Promise<TransferResource> {
    const what = path.includes('/status') ? 'status' : 'finalizers';
    this.hook('before', what);
    const present = this.resource;
    if (!present) throw new KubernetesError(404, 'gone');
    const { uid, resourceVersion } = present.metadata;
    if (metadata.uid !== uid || metadata.resourceVersion !== resourceVersion)
      throw new KubernetesError(409, 'conflict');
    const next: TransferResource =
      what === 'status'
        ? { ...present, status }
        : { ...present, metadata: { ...present.metadata, finalizers: metadata.finalizers ?? [] } };
    if (what === 'status') this.statusWrites += 1;
    this.#update(next);
    this.hook('after', what);
    return this.resource ?? next;
  }

  #update(next: TransferResource): void {
    const { deletionTimestamp, finalizers = [] } = next.metadata;
    this.resource =
      deletionTimestamp && finalizers.length === 0
        ? undefined
        : { ...next, metadata: { ...next.metadata, resourceVersion: this.#next() } };
  }

  #next(): string {
    this.#version += 1;
    return String(this.#version);
  }
}

/** What KubernetesClient offers to the operator's writers, on the fake; bodies travel as JSON. */
export function clientOf(cluster: FakeCluster) {
  return {
    get: async <T>(_path: string): Promise<T> => json(await cluster.read()),
    patch: async <T>(path: string, _type: unknown, body: unknown): Promise<T> =>
      json(await cluster.patch(path, json(body))),
    create: async <T>(_path: string, body: unknown): Promise<T> => json(await cluster.record(json(body))),
  };
}

function json(value: unknown) {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

/** A valid spec that writes to the given key. */
export function specTo(objectKey: string, more: object = {}): object {
  const s3 = { endpoint: 'http://localhost:9000', bucket: 'bucket' };
  return {
    source: { s3: { ...s3, objectKey: 'in.csv', dataFormat: 'csv' } },
    destination: { s3: { ...s3, objectKey, dataFormat: 'parquet' } },
    ...more,
  };
}
