import { KubernetesError } from '../operator/kubernetes.ts';
import { collectionPath } from '../operator/reconcile/resource.ts';
import type { StoredTransfer } from '../operator/reconcile/resource.ts';
import { qualifiedName, RESOURCE_TYPES } from '../operator/api/index.ts';
import type { ResourceType } from '../operator/api/index.ts';
import { ExitError } from './exit-error.ts';
import type { Kubernetes } from './kubernetes.ts';
import { namedTypes } from './named-types.ts';

/** Milliseconds; somebody waits in front of a terminal. */
const LIST_TIMEOUT = 30_000;

/** Of both groups; where one is not installed, there is nothing of it. */
export const BATCH_TYPES: readonly ResourceType[] = RESOURCE_TYPES.filter(
  ({ kind }) => kind === 'BatchTransfer',
);

/** As the API server has it: the words of its status are those of its group. */
export interface ListedTransfer extends StoredTransfer {
  metadata: StoredTransfer['metadata'] & { creationTimestamp: string };
}

/**
 * One BatchTransfer.
 * @param reference its name, with the type before it where it has to be told: `batchtransfer.motion.fybrik.io/payments`
 * @throws KubernetesError; 404 when there is none of that name
 * @throws ExitError when there is one in each group
 */
export async function getTransfer(
  { client, namespace }: Kubernetes,
  reference: string,
): Promise<ListedTransfer> {
  const { name, types } = namedTypes(reference, BATCH_TYPES);
  const answers = await Promise.allSettled(
    types.map((type) =>
      client.get<ListedTransfer>(`${collectionPath(type, namespace)}/${encodeURIComponent(name)}`),
    ),
  );
  const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  const refused = answers.flatMap((answer) =>
    answer.status === 'rejected' ? [answer.reason as unknown] : [],
  );
  const failure = refused.find((error) => !isMissing(error)) ?? (found.length === 0 ? refused[0] : undefined);
  if (failure !== undefined) throw failure;
  if (found.length > 1)
    throw new ExitError(
      1,
      `there are two BatchTransfers ${namespace}/${name}: say which one, ` +
        types.map((type) => `${qualifiedName(type)}/${name}`).join(' or '),
    );
  return found[0]!;
}

/**
 * All BatchTransfers of the namespace, or of all namespaces.
 * @param timeout milliseconds
 * @throws KubernetesError
 */
export async function listTransfers(
  kubernetes: Kubernetes,
  allNamespaces: boolean,
  timeout = LIST_TIMEOUT,
): Promise<ListedTransfer[]> {
  const lists = await listInstalled(kubernetes, allNamespaces, timeout);
  return lists.flatMap(({ items }) => items);
}

/** The same by type, of those that are installed. @throws KubernetesError; 404 when none is */
export async function listInstalled(
  { client, namespace }: Kubernetes,
  allNamespaces: boolean,
  timeout = LIST_TIMEOUT,
): Promise<{ type: ResourceType; items: ListedTransfer[] }[]> {
  let missing: unknown;
  const lists = await Promise.all(
    BATCH_TYPES.map(async (type) => {
      const path = collectionPath(type, allNamespaces ? undefined : namespace);
      try {
        const { items } = await client.list<ListedTransfer>(path, AbortSignal.timeout(timeout));
        return [{ type, items: items.map((item) => complete(item, type)) }];
      } catch (error) {
        if (!isMissing(error)) throw error;
        missing = error;
        return [];
      }
    }),
  );
  const installed = lists.flat();
  if (installed.length === 0) throw missing;
  return installed;
}

/** The members of a list come without these. */
export function complete(item: ListedTransfer, { apiVersion, kind }: ResourceType): ListedTransfer {
  return { ...item, apiVersion, kind };
}

function isMissing(error: unknown): boolean {
  return error instanceof KubernetesError && error.status === 404;
}
