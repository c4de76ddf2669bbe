import type { TransferIdentity, TransferKind } from '../../workflows/contract/identity.ts';
import { API_GROUP, API_VERSION, PLURALS } from '../api/index.ts';
import type { ResourceStatus } from '../api/index.ts';

/** Keeps a deleted resource until what its transfer wrote is removed. */
export const FINALIZER = `ddc.${API_GROUP}/finalizer`;

/** With the value `true`: nothing is copied, and the status says what a run would do. */
const DRY_RUN = `ddc.${API_GROUP}/dry-run`;

/** A BatchTransfer or SyncTransfer as the API server holds it. */
export interface TransferResource {
  apiVersion: string;
  kind: TransferKind;
  metadata: {
    namespace: string;
    name: string;
    uid: string;
    resourceVersion: string;
    generation: number;
    finalizers?: string[];
    annotations?: Record<string, string>;
    deletionTimestamp?: string;
  };
  spec?: unknown;
  status?: ResourceStatus;
}

/** `<kind>/<namespace>/<name>`: names a resource in the cache, the queue and logs. */
export function resourceKey(resource: TransferResource): string {
  return `${resource.kind}/${resource.metadata.namespace}/${resource.metadata.name}`;
}

/** Path of a resource's kind in the API, of one namespace or of all. */
export function collectionPath(kind: TransferKind, namespace?: string): string {
  const scope = namespace ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `/apis/${API_VERSION}${scope}/${PLURALS[kind]}`;
}

export function resourcePath({ kind, metadata }: TransferResource): string {
  return `${collectionPath(kind, metadata.namespace)}/${encodeURIComponent(metadata.name)}`;
}

export function identityOf({ apiVersion, kind, metadata }: TransferResource): TransferIdentity {
  const { namespace, name, uid, generation } = metadata;
  return { apiVersion, kind, namespace, name, uid, generation };
}

export function hasFinalizer(resource: TransferResource): boolean {
  return resource.metadata.finalizers?.includes(FINALIZER) ?? false;
}

export function isDryRun({ metadata }: TransferResource): boolean {
  return metadata.annotations?.[DRY_RUN] === 'true';
}
