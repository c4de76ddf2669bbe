import { messageOf } from '../operator/kubernetes.ts';
import { collectionPath } from '../operator/reconcile/resource.ts';
import { watchCollection } from '../operator/watch/watcher.ts';
import type { Kubernetes } from './kubernetes.ts';
import { complete, listTransfers, type ListedTransfer } from './transfers.ts';

/**
 * Tells of BatchTransfers as they are and whenever they change, for ever.
 * @param names only these; all when empty
 * @throws KubernetesError when they cannot be listed to begin with
 */
export async function watchTransfers(
  kubernetes: Kubernetes,
  allNamespaces: boolean,
  names: readonly string[],
  tell: (changed: ListedTransfer[]) => void,
): Promise<void> {
  /** Of what was told last, by uid: lists come again. */
  const told = new Map<string, string>();
  const tellNews = (transfers: ListedTransfer[]): void => {
    const news = transfers.filter(
      ({ metadata: { name, uid, resourceVersion } }) =>
        (names.length === 0 || names.includes(name)) && told.get(uid) !== resourceVersion,
    );
    for (const { metadata } of news) told.set(metadata.uid, metadata.resourceVersion);
    if (news.length > 0) tell(news);
  };
  // a cluster that cannot be had at all is an error, not an outage
  tellNews(await listTransfers(kubernetes, allNamespaces));
  const { client, namespace } = kubernetes;
  let out = false;
  await watchCollection<ListedTransfer>(
    client,
    {
      path: collectionPath('BatchTransfer', allNamespaces ? undefined : namespace),
      outage: {
        failed(error) {
          if (!out) console.error(`ddc: ${client.address}: ${messageOf(error)}; trying again until Ctrl-C`);
          out = true;
        },
        recovered: () => (out = false),
      },
      onList: (items) => tellNews(items.map(complete)),
      onEvent: (_, transfer) => tellNews([transfer]),
      onReconnect: () => undefined,
    },
    new AbortController().signal,
  );
}
