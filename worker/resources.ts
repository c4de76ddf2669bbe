import { CustomObjectsApi, KubeConfig } from '@kubernetes/client-node';
import type { ReadResource } from '../activities/secrets/resource.ts';

const PLURALS: Record<string, string> = { BatchTransfer: 'batchtransfers', SyncTransfer: 'synctransfers' };

/** Reads custom resources by KUBECONFIG or the in-cluster configuration. */
export function resourceReader(): ReadResource {
  const config = new KubeConfig();
  config.loadFromDefault();
  const api = config.makeApiClient(CustomObjectsApi);
  return async ({ apiVersion, resourceKind, namespace, name }) => {
    const [group, version] = apiVersion.split('/') as [string, string];
    try {
      return (await api.getNamespacedCustomObject({
        group,
        version,
        namespace,
        plural: PLURALS[resourceKind]!,
        name,
      })) as unknown;
    } catch (error) {
      if ((error as { code?: unknown }).code === 404) return undefined;
      throw error;
    }
  };
}
