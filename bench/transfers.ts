import { setTimeout as delay } from 'node:timers/promises';
import type { ResourceStatus } from '../operator/api/status.ts';
import { KubernetesClient, loadKubeConfig } from '../operator/kubernetes.ts';

/** Often enough to time a small copy, seldom enough not to take the machine from a large one. */
const pollMs = (elapsed: number): number => Math.min(250, 20 + elapsed / 20);
/** Seconds and milliseconds: longer than any benchmark. */
const WATCH = { timeoutSeconds: 3_600, idleTimeout: 3_600_000, onOpen: (): void => undefined };
const ENDED = new Set(['Succeeded', 'Fatal', 'ConfigurationError']);

interface Resource {
  metadata: { name: string; resourceVersion: string; generation: number };
  status?: ResourceStatus;
}

export interface TransferRunner {
  /** Creates a BatchTransfer and waits for its end; wall seconds as a user sees them. */
  run(name: string, spec: object): Promise<{ seconds: number; status: ResourceStatus }>;
  /** Creates a BatchTransfer. */
  create(name: string, spec: object): Promise<void>;
  /** Changes the spec of one (JSON merge patch). */
  change(name: string, spec: object): Promise<void>;
  /** All there are. */
  list(): Promise<Resource[]>;
  /** Each one that succeeds, once. The server tells: to ask again and again would cost more than they do. */
  succeeding(): AsyncIterable<{ name: string; status: ResourceStatus }>;
}

export async function transferRunner(kubeconfig: string, namespace: string): Promise<TransferRunner> {
  const client = new KubernetesClient(loadKubeConfig(kubeconfig));
  await client.create('/api/v1/namespaces', { metadata: { name: namespace } });
  const collection = `/apis/fybrik.io/v1/namespaces/${namespace}/batchtransfers`;
  const create = async (name: string, spec: object): Promise<void> => {
    await client.create(collection, {
      apiVersion: 'fybrik.io/v1',
      kind: 'BatchTransfer',
      metadata: { name },
      spec,
    });
  };
  return {
    create,
    async change(name, spec) {
      await client.patch(`${collection}/${name}`, 'application/merge-patch+json', { spec });
    },
    list: async () => (await client.list<Resource>(collection, new AbortController().signal)).items,
    async run(name, spec) {
      const began = performance.now();
      await create(name, spec);
      for (;;) {
        const resource = await client.get<Resource>(`${collection}/${name}`);
        if (hasSucceeded(resource))
          return { seconds: (performance.now() - began) / 1000, status: resource.status! };
        await delay(pollMs(performance.now() - began));
      }
    },
    async *succeeding() {
      const stop = new AbortController();
      const told = new Set<string>();
      try {
        for await (const resource of changing(client, collection, stop.signal)) {
          const { name } = resource.metadata;
          if (told.has(name) || !hasSucceeded(resource)) continue;
          told.add(name);
          yield { name, status: resource.status! };
        }
      } finally {
        stop.abort();
      }
    },
  };
}

/** The server may end a watch at any time. */
async function* changing(
  client: KubernetesClient,
  collection: string,
  signal: AbortSignal,
): AsyncGenerator<Resource> {
  for (;;) {
    const { items, resourceVersion } = await client.list<Resource>(collection, signal);
    yield* items;
    for await (const { type, object } of client.watch<Resource>(collection, {
      ...WATCH,
      resourceVersion,
      signal,
    })) {
      if (type === 'ERROR') break;
      yield object;
    }
  }
}

/** @throws Error when it never will */
function hasSucceeded({ metadata: { name }, status }: Resource): boolean {
  const state = status?.status ?? '';
  if (ENDED.has(state) && state !== 'Succeeded') throw new Error(`${name}: ${state}: ${status?.error}`);
  return state === 'Succeeded';
}
