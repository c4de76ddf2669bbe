import type { KeptGeneration, Run } from '../../workflows/contract.ts';
import type { ObjectStore } from '../stores/object-store.ts';
import { copyObject, optionsOf } from './full/copy-object.ts';
import { mapSettled } from './map-settled.ts';
import { METADATA_TRANSFER, isOfAnyPlan } from './staging.ts';
import { targetPrefix } from './target.ts';

const PARALLEL_OBJECTS = 16;

/** Outside every data set, and outside of what runs clean up. */
const ROOT = '.ddc-generations';

/** Everything that a transfer keeps of its earlier data. */
const generationsPrefix = (uid: string): string => `${ROOT}/${uid}/`;

/** What this run replaces: named by the run's start, so that the names are in the order of time. */
const generationPrefix = ({ transfer, runId, startedAt }: Run): string =>
  `${generationsPrefix(transfer.uid)}${startedAt.replaceAll(':', '-')}-${runId.slice(0, 8)}/`;

const keepsSome = ({ transfer: { keepGenerations = 1 } }: Run): boolean => keepGenerations > 1;

/**
 * Has the store copy what this run is about to replace, of the transfer's own objects. Idempotent: what the run has
 * published itself already is none of it.
 */
export async function keepGeneration(store: ObjectStore, run: Run): Promise<void> {
  if (!keepsSome(run)) return;
  const { destination, uid } = run.transfer;
  const prefix = targetPrefix(destination);
  const keep = async (key: string): Promise<void> => {
    const object = await store.head(key);
    if (object?.metadata[METADATA_TRANSFER] !== uid || isOfAnyPlan(object.metadata, run)) return;
    const name = key.slice(prefix === undefined ? key.lastIndexOf('/') + 1 : prefix.length);
    await copyObject(store, run, object, generationPrefix(run) + name, optionsOf(object));
  };
  if (prefix === undefined) return keep(destination.objectKey);
  for await (const keys of pages(store, prefix)) await mapSettled(keys, PARALLEL_OBJECTS, keep);
}

/** A run that replaces nothing after all. Idempotent. */
export async function dropGeneration(store: ObjectStore, run: Run): Promise<void> {
  if (keepsSome(run)) await removeAll(store, generationPrefix(run));
}

/** Removes the oldest of what is kept beyond `keepGenerations`; resolves with the others, the newest first. */
export async function pruneGenerations(store: ObjectStore, run: Run): Promise<KeptGeneration[]> {
  const { uid, keepGenerations = 1 } = run.transfer;
  const kept: KeptGeneration[] = [];
  const root = generationsPrefix(uid);
  for await (const { key, size } of store.list(root)) {
    const prefix = key.slice(0, key.indexOf('/', root.length) + 1);
    const last = kept[0];
    if (last?.prefix !== prefix) kept.unshift({ prefix, objects: 1, bytes: size });
    else kept[0] = { prefix, objects: last.objects + 1, bytes: last.bytes + size };
  }
  for (const { prefix } of kept.splice(keepGenerations - 1)) await removeAll(store, prefix);
  return kept;
}

/** Of a transfer that is deleted with its data. Idempotent. */
export const removeGenerations = (store: ObjectStore, uid: string): Promise<void> =>
  removeAll(store, generationsPrefix(uid));

async function removeAll(store: ObjectStore, prefix: string): Promise<void> {
  for await (const keys of pages(store, prefix)) await store.delete(keys);
}

/** Keys below a prefix, as many at a time as one request deletes. */
async function* pages(store: ObjectStore, prefix: string): AsyncGenerator<string[]> {
  let page: string[] = [];
  for await (const { key } of store.list(prefix)) {
    page.push(key);
    if (page.length < 1_000) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}
