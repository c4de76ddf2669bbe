import { TransferError } from '../failures.ts';
import type { ListedObject, ObjectStore } from '../stores/object-store.ts';

export interface FoundSource {
  /** In the order of their keys. At least one. */
  objects: ListedObject[];
  /** Of the data set: the paths below it may name partitions. Empty for a single object named by its key. */
  prefix: string;
}

/** The objects that a source key names: the object of this key, else all data below it. */
export async function findSource(store: ObjectStore, key: string): Promise<FoundSource> {
  if (!key.endsWith('/')) {
    const object = await store.head(key);
    if (object !== undefined) return { objects: [object], prefix: '' };
  }
  const prefix = key.endsWith('/') ? key : `${key}/`;
  const objects: ListedObject[] = [];
  let skipped = 0;
  for await (const object of store.list(prefix))
    if (isData(object, prefix)) objects.push(object);
    else skipped += 1;
  if (objects.length > 0) return { objects, prefix };
  throw new TransferError('ObjectNotFound', notFound(store, key, skipped));
}

/**
 * Markers (no bytes), and names that begin with `_` or `.` are no data: so it is in Hadoop's tools and what they write.
 * A partition's column may begin with `_`.
 */
export function isData({ key, size }: { key: string; size: number }, prefix: string): boolean {
  if (size === 0) return false;
  return key
    .slice(prefix.length)
    .split('/')
    .every((name) => !name.startsWith('.') && (!name.startsWith('_') || name.includes('=')));
}

function notFound(store: ObjectStore, key: string, skipped: number): string {
  const where = `spec.source.s3.objectKey: ${store.location(key)} does not exist at ${store.endpoint}`;
  if (skipped === 0) return where;
  return `${where}; below it are only empty objects and names that begin with _ or . (${skipped})`;
}
