import { setTimeout as delay } from 'node:timers/promises';
import { CoreV1Api, CustomObjectsApi, KubeConfig } from '@kubernetes/client-node';
import type { ResourceStatus } from '../operator/api/status.ts';

const GROUP = { group: 'fybrik.io', version: 'v1', plural: 'batchtransfers' };
/** Often enough to time a small copy, seldom enough not to take the machine from a large one. */
const pollMs = (elapsed: number): number => Math.min(250, 20 + elapsed / 20);
const ENDED = new Set(['Succeeded', 'Fatal', 'ConfigurationError']);

interface Resource {
  metadata: { name: string };
  status?: ResourceStatus;
}

export interface TransferRunner {
  /** Creates a BatchTransfer and waits for its end; wall seconds as a user sees them. */
  run(name: string, spec: object): Promise<{ seconds: number; status: ResourceStatus }>;
  /** Creates a BatchTransfer. */
  create(name: string, spec: object): Promise<void>;
  /** Those that have succeeded, with the rows they wrote. @throws Error when one will never */
  succeeded(): Promise<{ name: string; rows: number | undefined }[]>;
}

export async function transferRunner(kubeconfig: string, namespace: string): Promise<TransferRunner> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  await config.makeApiClient(CoreV1Api).createNamespace({ body: { metadata: { name: namespace } } });
  const api = config.makeApiClient(CustomObjectsApi);
  const create = async (name: string, spec: object): Promise<void> => {
    const body = { apiVersion: 'fybrik.io/v1', kind: 'BatchTransfer', metadata: { name }, spec };
    await api.createNamespacedCustomObject({ ...GROUP, namespace, body });
  };
  return {
    create,
    async run(name, spec) {
      const began = performance.now();
      await create(name, spec);
      for (;;) {
        const resource = (await api.getNamespacedCustomObject({ ...GROUP, namespace, name })) as Resource;
        if (hasSucceeded(resource))
          return { seconds: (performance.now() - began) / 1000, status: resource.status! };
        await delay(pollMs(performance.now() - began));
      }
    },
    async succeeded() {
      const { items } = (await api.listNamespacedCustomObject({ ...GROUP, namespace })) as {
        items: Resource[];
      };
      return items
        .filter(hasSucceeded)
        .map(({ metadata: { name }, status }) => ({ name, rows: status?.numRecords }));
    },
  };
}

function hasSucceeded({ metadata: { name }, status }: Resource): boolean {
  const state = status?.status ?? '';
  if (ENDED.has(state) && state !== 'Succeeded') throw new Error(`${name}: ${state}: ${status?.error}`);
  return state === 'Succeeded';
}
