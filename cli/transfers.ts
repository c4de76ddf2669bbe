import { collectionPath } from '../operator/reconcile/resource.ts';
import type { TransferResource } from '../operator/reconcile/resource.ts';
import { API_VERSION } from '../operator/api/index.ts';
import type { Kubernetes } from './kubernetes.ts';

/** Milliseconds; somebody waits in front of a terminal. */
const LIST_TIMEOUT = 30_000;

export interface ListedTransfer extends TransferResource {
  metadata: TransferResource['metadata'] & { creationTimestamp: string };
}

/** One BatchTransfer. @throws KubernetesError; 404 when there is none of that name. */
export async function getTransfer({ client, namespace }: Kubernetes, name: string): Promise<ListedTransfer> {
  const path = `${collectionPath('BatchTransfer', namespace)}/${encodeURIComponent(name)}`;
  return client.get<ListedTransfer>(path);
}

/**
 * All BatchTransfers of the namespace, or of all namespaces.
 * @param timeout milliseconds
 * @throws KubernetesError
 */
export async function listTransfers(
  { client, namespace }: Kubernetes,
  allNamespaces: boolean,
  timeout = LIST_TIMEOUT,
): Promise<ListedTransfer[]> {
  const path = collectionPath('BatchTransfer', allNamespaces ? undefined : namespace);
  const { items } = await client.list<ListedTransfer>(path, AbortSignal.timeout(timeout));
  return items.map(complete);
}

/** The members of a list come without these. */
export function complete(item: ListedTransfer): ListedTransfer {
  return { ...item, apiVersion: API_VERSION, kind: 'BatchTransfer' };
}
