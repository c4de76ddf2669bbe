import { setTimeout as delay } from 'node:timers/promises';
import { CoreV1Api, CustomObjectsApi, KubeConfig } from '@kubernetes/client-node';
import type { ResourceStatus } from '../operator/api/status.ts';

const GROUP = { group: 'fybrik.io', version: 'v1', plural: 'batchtransfers' };
/** Often enough to time a small copy, seldom enough not to take the machine from a large one. */
const pollMs = (elapsed: number): number => Math.min(250, 20 + elapsed / 20);
const ENDED = new Set(['Succeeded', 'Fatal', 'ConfigurationError']);

export interface TransferRunner {
  /** Creates a BatchTransfer and waits for its end; wall seconds as a user sees them. */
  run(name: string, spec: object): Promise<{ seconds: number; status: ResourceStatus }>;
}

export async function transferRunner(kubeconfig: string, namespace: string): Promise<TransferRunner> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  await config.makeApiClient(CoreV1Api).createNamespace({ body: { metadata: { name: namespace } } });
  const api = config.makeApiClient(CustomObjectsApi);
  return {
    async run(name, spec) {
      const began = performance.now();
      const body = { apiVersion: 'fybrik.io/v1', kind: 'BatchTransfer', metadata: { name }, spec };
      await api.createNamespacedCustomObject({ ...GROUP, namespace, body });
      for (;;) {
        const { status } = (await api.getNamespacedCustomObject({ ...GROUP, namespace, name })) as {
          status?: ResourceStatus;
        };
        if (ENDED.has(status?.status ?? '')) {
          const seconds = (performance.now() - began) / 1000;
          if (status?.status !== 'Succeeded') throw new Error(`${name}: ${status?.status}: ${status?.error}`);
          return { seconds, status };
        }
        await delay(pollMs(performance.now() - began));
      }
    },
  };
}
