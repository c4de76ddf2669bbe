import type { Run } from '../../../workflows/contract.ts';
import { TransferError } from '../../failures.ts';
import type { ListedObject, ObjectStore } from '../../stores/object-store.ts';
import { planVerbatim, type VerbatimPlan } from './work.ts';

/** Name of the format whose objects are copied byte for byte. */
export const BINARY = 'binary';

/** Whether a transfer copies byte for byte. Throws when it asks for that and for something that needs rows. */
export function isVerbatim({ transfer }: Run): boolean {
  const { source, destination, transformations } = transfer;
  const formats = [source.dataFormat, destination.dataFormat];
  if (!formats.includes(BINARY)) return false;
  const refused = (path: string, why: string): never => {
    throw new TransferError('InvalidOption', `${path}: binary data is copied byte for byte; ${why}`);
  };
  for (const [index, side] of (['source', 'destination'] as const).entries()) {
    const format = formats[index];
    if (format !== undefined && format !== BINARY)
      refused(
        `spec.${side}.s3.dataFormat`,
        `'${format}' cannot be read from or made of it: set binary on both sides`,
      );
  }
  if (transformations.length > 0)
    refused('spec.transformation', 'remove the transformations, or name a data format');
  if (source.schema !== undefined) refused('spec.source.s3.schema', 'remove it, or name a data format');
  if (destination.partitionBy !== undefined)
    refused('spec.destination.s3.partitionBy', 'remove it, or name a data format');
  if (destination.maxObjectSize !== undefined)
    refused('spec.destination.s3.maxObjectSize', 'remove it, or name a data format');
  if (transfer.writeOperation === 'Append')
    refused('spec.writeOperation', 'nothing can be appended to it: use Overwrite');
  return true;
}

/** The objects that a key names: the object itself, else everything below it but markers of directories. */
export async function findObjects(
  store: ObjectStore,
  key: string,
): Promise<{ objects: ListedObject[]; prefix: string }> {
  if (!key.endsWith('/')) {
    const object = await store.head(key);
    if (object !== undefined) return { objects: [object], prefix: '' };
  }
  const prefix = key.endsWith('/') ? key : `${key}/`;
  const objects: ListedObject[] = [];
  for await (const object of store.list(prefix)) if (!object.key.endsWith('/')) objects.push(object);
  if (objects.length > 0) return { objects, prefix };
  throw new TransferError(
    'ObjectNotFound',
    `spec.source.s3.objectKey: ${store.location(key)} does not exist at ${store.endpoint}`,
  );
}

/** What goes where. `prefix` is that of the source's keys; empty for a single object. */
export function verbatimPlan(
  { transfer }: Run,
  objects: readonly ListedObject[],
  prefix: string,
  options: { serverSide: boolean; chunkBytes: number },
): VerbatimPlan {
  const { source, destination } = transfer;
  const { objectKey } = destination;
  const folder = objectKey.endsWith('/') ? objectKey : `${objectKey}/`;
  const several = prefix !== '' || objectKey.endsWith('/');
  const target = (key: string): string =>
    several ? folder + key.slice(prefix === '' ? key.lastIndexOf('/') + 1 : prefix.length) : objectKey;
  const targets = objects.map(({ key, etag, size }) => ({ key, etag, size, target: target(key) }));
  return {
    kind: 'verbatim',
    bucket: source.bucket,
    ...(several ? { prefix: folder } : {}),
    ...planVerbatim(targets, options.serverSide, options.chunkBytes),
  };
}
