import type { Run } from '../../workflows/contract.ts';
import { TransferError } from '../failures.ts';
import type { ObjectStore, WriteCondition } from '../stores/object-store.ts';
import type { PublishedObject } from './ledger.ts';
import { mapSettled } from './map-settled.ts';
import { isOfRun } from './staging.ts';

/** What lay at a key when publish looked there, before it made anything visible. */
export interface Seen {
  /** ETag of the object, when an attempt before has made it visible. */
  own?: string;
  /** On which the object may be written: an attempt that was frozen and wakes up later replaces nothing newer. */
  condition: WriteCondition;
}

/** @param bytes size of the object that this run makes */
export async function lookAt(store: ObjectStore, run: Run, key: string, bytes: number): Promise<Seen> {
  const object = await store.head(key);
  if (object === undefined) return { condition: { creates: true } };
  const condition = { replaces: object.etag };
  return isOfRun(object.metadata, run) && object.size === bytes
    ? { own: object.etag, condition }
    : { condition };
}

/**
 * Makes objects visible one right after the other, and resolves with them; those that an attempt before has made visible
 * are left. When it fails, the message tells how many are visible.
 * @param prefix of the objects' keys; undefined for a single one
 * @param show writes an object on a condition and resolves with its ETag; DestinationChanged when it is not kept
 */
export async function showObjects<T extends { key: string; bytes: number; seen: Seen }>(
  store: ObjectStore,
  run: Run,
  prefix: string | undefined,
  objects: readonly T[],
  parallel: number,
  show: (object: T, index: number) => Promise<string>,
): Promise<PublishedObject[]> {
  let visible = 0;
  try {
    return await mapSettled(objects, parallel, async (object, index) => {
      const { key, bytes, seen } = object;
      const etag = seen.own ?? (await ownOrBusy(store, run, object, () => show(object, index)));
      visible += 1;
      return { key, etag, bytes };
    });
  } catch (error) {
    // verify: full brings back what was there before, whatever the failure is
    if (!(error instanceof TransferError) || visible === 0 || run.transfer.verify === 'full') throw error;
    const where = prefix === undefined ? '' : ` below ${store.location(prefix)}`;
    throw error.with(
      `${visible} of ${objects.length} objects of the copy are visible${where}; ${removal(run)}`,
    );
  }
}

/** What removes the visible part of a copy that does not become whole. */
const removal = ({ transfer }: Run): string =>
  transfer.writeOperation === 'Append'
    ? 'they are removed when the run ends without the others'
    : 'the next run or the deletion of the resource replaces or removes them';

/** An object that is not as it was seen is the own one, of an attempt that was thought dead, or is looked at again. */
async function ownOrBusy(
  store: ObjectStore,
  run: Run,
  { key, bytes }: { key: string; bytes: number },
  write: () => Promise<string>,
): Promise<string> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof TransferError) || error.code !== 'DestinationChanged') throw error;
    const { own } = await lookAt(store, run, key, bytes);
    if (own !== undefined) return own;
    throw new TransferError('DestinationBusy', `${error.message}; somebody else writes there`, {
      cause: error,
    });
  }
}

/**
 * For copies that the store makes without conditions: they would take an upload each, four requests instead of one, which
 * is too dear for thousands of small objects. So only what is under way when an attempt is frozen is not protected.
 * @throws TransferError DestinationChanged
 */
export async function requireUnchanged(
  store: ObjectStore,
  key: string,
  { replaces }: WriteCondition,
): Promise<void> {
  if ((await store.head(key))?.etag !== replaces)
    throw new TransferError(
      'DestinationChanged',
      `writing ${store.location(key)}: the object there has changed`,
    );
}
