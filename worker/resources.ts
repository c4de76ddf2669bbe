import type { ReadResource } from '../activities/secrets/resource.ts';
import { PLURALS } from '../operator/api/index.ts';
import { KubernetesClient, KubernetesError, loadKubeConfig } from '../operator/kubernetes.ts';

/** Milliseconds. */
const TIMEOUT = 10_000;

/** Reads custom resources; without a kubeconfig by the configuration of the cluster that it runs in. */
export function resourceReader(kubeconfig: string | undefined): ReadResource {
  const client = new KubernetesClient(loadKubeConfig(kubeconfig));
  return async ({ apiVersion, resourceKind, namespace, name }) => {
    const collection = `/apis/${apiVersion}/namespaces/${encodeURIComponent(namespace)}/${PLURALS[resourceKind]}`;
    try {
      return await client.get<unknown>(`${collection}/${encodeURIComponent(name)}`, { timeout: TIMEOUT });
    } catch (error) {
      if (error instanceof KubernetesError && error.status === 404) return undefined;
      throw error;
    }
  };
}
