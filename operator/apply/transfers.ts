import type { KubernetesClient, PatchType } from '../kubernetes.ts';
import { FINALIZER, fromStored, resourcePath } from '../reconcile/resource.ts';
import type { StoredTransfer, TransferResource } from '../reconcile/resource.ts';
import { storedStatus } from '../api/index.ts';
import type { ResourceStatus } from '../api/index.ts';

const FIELD_MANAGER = 'ddc-operator';

/**
 * Writes of the operator to its resources. Each names the resource version (and so the uid) it is based on:
 * a change that was not seen, or a new resource of the same name, makes it fail with KubernetesError 409.
 */
export class TransferWriter {
  readonly #client: Pick<KubernetesClient, 'get' | 'patch'>;

  constructor(client: Pick<KubernetesClient, 'get' | 'patch'>) {
    this.#client = client;
  }

  async read(resource: TransferResource): Promise<TransferResource> {
    return fromStored(await this.#client.get<StoredTransfer>(resourcePath(resource)));
  }

  async writeStatus(resource: TransferResource, status: ResourceStatus): Promise<TransferResource> {
    const { apiVersion, kind } = resource;
    // Whose fields are of other types, which server-side apply cannot merge with ours.
    const { metadata: of } = resource.foreignStatus ? await this.#clearStatus(resource) : resource;
    const { name, namespace, uid, resourceVersion } = of;
    const path = `${resourcePath(resource)}/status?fieldManager=${FIELD_MANAGER}&force=true`;
    const metadata = { name, namespace, uid, resourceVersion };
    const body = { apiVersion, kind, metadata, status: storedStatus(resource, status) };
    return this.#patch(path, 'application/apply-patch+yaml', body);
  }

  async #clearStatus(resource: TransferResource): Promise<TransferResource> {
    const { uid, resourceVersion } = resource.metadata;
    const path = `${resourcePath(resource)}/status?fieldManager=${FIELD_MANAGER}`;
    return this.#patch(path, 'application/merge-patch+json', {
      metadata: { uid, resourceVersion },
      status: null,
    });
  }

  async addFinalizer(resource: TransferResource): Promise<TransferResource> {
    return this.#writeFinalizers(resource, [...(resource.metadata.finalizers ?? []), FINALIZER]);
  }

  async removeFinalizer(resource: TransferResource): Promise<TransferResource> {
    const others = (resource.metadata.finalizers ?? []).filter((finalizer) => finalizer !== FINALIZER);
    return this.#writeFinalizers(resource, others);
  }

  async #writeFinalizers(resource: TransferResource, finalizers: string[]): Promise<TransferResource> {
    const { uid, resourceVersion } = resource.metadata;
    const path = `${resourcePath(resource)}?fieldManager=${FIELD_MANAGER}`;
    const body = { metadata: { uid, resourceVersion, finalizers } };
    return this.#patch(path, 'application/merge-patch+json', body);
  }

  async #patch(path: string, type: PatchType, body: object): Promise<TransferResource> {
    return fromStored(await this.#client.patch<StoredTransfer>(path, type, body));
  }
}
