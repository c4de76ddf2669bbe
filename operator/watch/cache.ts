import type { ResourceType } from '../api/index.ts';
import { resourceKey, typeKey } from '../reconcile/resource.ts';
import type { TransferResource } from '../reconcile/resource.ts';

/** The last seen state of every resource, from the watch and from the replies to our own writes. */
export class ResourceCache {
  readonly #resources = new Map<string, TransferResource>();
  readonly #removed = new Map<string, TransferResource>();

  get(key: string): TransferResource | undefined {
    return this.#resources.get(key);
  }

  /** A resource that is gone, as it was last seen, until `forget`. */
  getRemoved(key: string): TransferResource | undefined {
    return this.#removed.get(key);
  }

  forget(key: string): void {
    this.#removed.delete(key);
  }

  /** @returns whether it is news: false for a state that is already known or older. */
  put(resource: TransferResource): boolean {
    const key = resourceKey(resource);
    const known = this.#resources.get(key);
    if (known && known.metadata.uid === resource.metadata.uid && !isNewer(resource, known)) return false;
    if (known && known.metadata.uid !== resource.metadata.uid) this.#removed.set(key, known);
    this.#resources.set(key, resource);
    return true;
  }

  remove(resource: TransferResource): void {
    const key = resourceKey(resource);
    // a reply to an own write may have brought the successor of the same name already
    if (this.#resources.get(key)?.metadata.uid === resource.metadata.uid) this.#resources.delete(key);
    this.#removed.set(key, resource);
  }

  keys(type: ResourceType): string[] {
    const of = typeKey(type);
    return [...this.#resources].filter(([, resource]) => typeKey(resource) === of).map(([key]) => key);
  }

  /** Takes a complete list of one type; returns the keys to look at: all that are in it or have vanished. */
  replace(type: ResourceType, resources: readonly TransferResource[]): string[] {
    const of = typeKey(type);
    const listed = new Set(resources.map(resourceKey));
    const vanished = [...this.#resources].filter(
      ([key, resource]) => typeKey(resource) === of && !listed.has(key),
    );
    for (const [, resource] of vanished) this.remove(resource);
    for (const resource of resources) this.put(resource);
    return [...listed, ...vanished.map(([key]) => key)];
  }
}

/** Resource versions are decimal numbers that grow with every write (KEP-5504). */
function isNewer(resource: TransferResource, known: TransferResource): boolean {
  const [next, last] = [resource.metadata.resourceVersion, known.metadata.resourceVersion];
  if (!/^\d+$/.test(next) || !/^\d+$/.test(last)) return next !== last;
  return BigInt(next) > BigInt(last);
}
