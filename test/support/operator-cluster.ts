import { KubernetesError } from '../../operator/kubernetes.ts';
import type { TransferResource } from '../../operator/reconcile/resource.ts';

/** Name of a resource of the fake cluster; there is one at most. */
export const NAME = 'copy';
export const NAMESPACE = 'ns';

/** The API server's rules for one resource: versions, generations, finalizers, conflicts. */
export class FakeCluster {
  resource: TransferResource | undefined;
  readonly events: { reason: string; message: string; type: string; name: string }[] = [];
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

  delete(): void {
    if (!this.resource || this.resource.metadata.deletionTimestamp) return;
    const { metadata } = this.resource;
    const deletionTimestamp = new Date().toISOString();
    this.#update({
      ...this.resource,
      metadata: { ...metadata, deletionTimestamp, generation: metadata.generation + 1 },
    });
  }

  async get<T>(): Promise<T> {
    this.hook('before', 'get');
    return this.#reply();
  }

  async create_(body: unknown): Promise<void> {
    this.hook('before', 'event');
    const event = body as { metadata: { name: string }; reason: string; message: string; type: string };
    if (this.events.some(({ name }) => name === event.metadata.name))
      throw new KubernetesError(409, 'exists');
    this.events.push({ ...event, name: event.metadata.name });
    this.hook('after', 'event');
  }

  async patch<T>(path: string, body: unknown): Promise<T> {
    const what = path.includes('/status') ? 'status' : 'finalizers';
    this.hook('before', what);
    const patch = body as Pick<TransferResource, 'metadata' | 'status'>;
    const present = this.resource;
    if (!present) throw new KubernetesError(404, 'gone');
    if (
      patch.metadata.uid !== present.metadata.uid ||
      patch.metadata.resourceVersion !== present.metadata.resourceVersion
    )
      throw new KubernetesError(409, 'conflict');
    if (what === 'status') {
      this.statusWrites += 1;
      this.#update({ ...present, status: JSON.parse(JSON.stringify(patch.status)) });
    } else
      this.#update({ ...present, metadata: { ...present.metadata, finalizers: patch.metadata.finalizers! } });
    const reply = { ...(this.resource ?? present) };
    if (!this.resource) reply.metadata = { ...present.metadata, finalizers: [] };
    this.hook('after', what);
    return reply as T;
  }

  #reply<T>(): T {
    if (!this.resource) throw new KubernetesError(404, 'gone');
    return this.resource as T;
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

/** What KubernetesClient offers to the operator's writers, on the fake. */
export function clientOf(cluster: FakeCluster) {
  return {
    get: <T>(): Promise<T> => cluster.get<T>(),
    patch: <T>(path: string, _type: unknown, body: unknown): Promise<T> => cluster.patch<T>(path, body),
    create: <T>(_path: string, body: unknown): Promise<T> => cluster.create_(body) as Promise<T>,
  };
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
