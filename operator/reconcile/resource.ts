import { createHash } from 'node:crypto';
import type { TransferIdentity, TransferKind } from '../../workflows/contract/identity.ts';
import { API_GROUP, groupOf, ownStatus, PLURALS } from '../api/index.ts';
import type { ResourceStatus, ResourceType, StoredStatus } from '../api/index.ts';

/** Keeps a deleted resource until what its transfer wrote is removed. */
export const FINALIZER = `ddc.${API_GROUP}/finalizer`;

/** With the value `true`: nothing is copied, and the status says what a run would do. */
const DRY_RUN = `ddc.${API_GROUP}/dry-run`;

/** Every new value starts one run. */
export const RUN_NOW = `ddc.${API_GROUP}/run-now`;
/** Every new value cancels the run that goes on. */
const CANCEL = `ddc.${API_GROUP}/cancel`;
/** Characters of a value that the status holds as it is. */
const MOST_VALUE = 100;

/** A resource of any of our types; its status in our own words. */
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
    labels?: Record<string, string>;
    deletionTimestamp?: string;
  };
  spec?: unknown;
  status?: ResourceStatus;
  /** There is a status of another operator, which does not count. */
  foreignStatus?: true;
}

/** The same as the API server holds it. */
export type StoredTransfer = Omit<TransferResource, 'status' | 'foreignStatus'> & {
  status?: StoredStatus;
  metadata: { managedFields?: unknown };
};

/** Without what the API server notes about writers: a third of a resource, and thousands are held. */
export function fromStored({ status: stored, metadata: noted, ...rest }: StoredTransfer): TransferResource {
  const { managedFields: _, ...metadata } = noted;
  const resource = { ...rest, metadata };
  if (stored === undefined) return resource;
  const status = ownStatus(resource, stored);
  return status === undefined ? { ...resource, foreignStatus: true } : { ...resource, status };
}

/**
 * `<kind>/<namespace>/<name>`, the kind with its group where that is not fybrik.io: names a resource in the cache, the queue
 * and logs.
 */
export function resourceKey(resource: Omit<TransferResource, 'status'>): string {
  return `${typeKey(resource)}/${resource.metadata.namespace}/${resource.metadata.name}`;
}

/** `<kind>` or `<kind>.<group>`. */
export function typeKey({ apiVersion, kind }: ResourceType): string {
  const group = groupOf({ apiVersion });
  return group === API_GROUP ? kind : `${kind}.${group}`;
}

/** Path of a type of resource in the API, of one namespace or of all. */
export function collectionPath({ apiVersion, kind }: ResourceType, namespace?: string): string {
  const scope = namespace ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `/apis/${apiVersion}${scope}/${PLURALS[kind]}`;
}

export function resourcePath(resource: Omit<TransferResource, 'status'>): string {
  const { metadata } = resource;
  return `${collectionPath(resource, metadata.namespace)}/${encodeURIComponent(metadata.name)}`;
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

/** The value of the annotation that asks for a run now, or its hash where it is long; undefined = none is asked for. */
export function runNowOf(resource: TransferResource): string | undefined {
  // what is to be planned only is not run
  return isDryRun(resource) ? undefined : annotation(resource, RUN_NOW);
}

/** The value of the annotation that asks for the end of the run, likewise. */
export function cancelOf(resource: TransferResource): string | undefined {
  return annotation(resource, CANCEL);
}

function annotation({ metadata }: TransferResource, name: string): string | undefined {
  const value = metadata.annotations?.[name];
  if (!value) return undefined;
  return value.length <= MOST_VALUE ? value : `sha256:${createHash('sha256').update(value).digest('hex')}`;
}
