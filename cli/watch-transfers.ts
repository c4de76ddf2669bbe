import { messageOf } from '../operator/kubernetes.ts';
import { collectionPath } from '../operator/reconcile/resource.ts';
import { watchCollection } from '../operator/watch/watcher.ts';
import type { Kubernetes } from './kubernetes.ts';
import { namedTypes } from './named-types.ts';
import { BATCH_TYPES, complete, listInstalled, type ListedTransfer } from './transfers.ts';

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
  const { client, namespace } = kubernetes;
  const wanted = names.map((name) => namedTypes(name, BATCH_TYPES));
  const isWanted = (transfer: ListedTransfer): boolean =>
    wanted.length === 0 ||
    wanted.some(
      ({ name, types }) =>
        name === transfer.metadata.name && types.some(({ apiVersion }) => apiVersion === transfer.apiVersion),
    );
  /** Of what was told last, by uid: lists come again. */
  const told = new Map<string, string>();
  const tellNews = (transfers: ListedTransfer[]): void => {
    const news = transfers.filter(
      (transfer) =>
        isWanted(transfer) && told.get(transfer.metadata.uid) !== transfer.metadata.resourceVersion,
    );
    for (const { metadata } of news) told.set(metadata.uid, metadata.resourceVersion);
    if (news.length > 0) tell(news);
  };
  // a cluster that cannot be had at all is an error, not an outage
  const installed = await listInstalled(kubernetes, allNamespaces);
  tellNews(installed.flatMap(({ items }) => items));
  let out = false;
  const outage = {
    failed(error: unknown) {
      if (!out) console.error(`ddc: ${client.address}: ${messageOf(error)}; trying again until Ctrl-C`);
      out = true;
    },
    recovered: () => (out = false),
  };
  const { signal } = new AbortController();
  await Promise.all(
    installed.map(({ type }) =>
      watchCollection<ListedTransfer>(
        client,
        {
          path: collectionPath(type, allNamespaces ? undefined : namespace),
          outage,
          onList: (items) => tellNews(items.map((item) => complete(item, type))),
          onEvent: (_, transfer) => tellNews([transfer]),
          onReconnect: () => undefined,
        },
        signal,
      ),
    ),
  );
}
