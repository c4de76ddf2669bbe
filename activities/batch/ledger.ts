import type { PublishedRun, Run } from '../../workflows/contract.ts';
import { TransferError } from '../failures.ts';
import { readRange } from '../formats/bytes.ts';
import type { ObjectStore, UploadedPart } from '../stores/object-store.ts';
import { carriedKey, chunkOfRecord, ledgerPrefix, publishedKey, recordKey } from './staging.ts';
import type { PlanReference } from './plan.ts';

/** One finished chunk. Written after its parts: what the ledger names is at the destination. */
export interface ChunkRecord {
  chunk: number;
  rowsRead: number;
  rowsWritten: number;
  bytesRead: number;
  /** Of the rows written, per column; see engine/checksums.ts. Absent for a copy byte for byte. */
  checksums?: string[];
  bodies: ChunkBody[];
}

/** What a chunk gives to one object: where its bytes are until publish. */
export interface ChunkBody {
  /** See ResultFile. */
  partition: string;
  bodyBytes: number;
  /** Bytes at its begin that are kept beside the ledger; the rest is `part` of the one object's upload. */
  carriedBytes: number;
  /** ETag of what is kept; absent when nothing is. */
  carriedEtag?: string;
  part?: UploadedPart;
  /** Base64. */
  trailer: string;
}

export interface PublishedObject {
  key: string;
  etag: string;
  bytes: number;
}

export const bodyBytes = (record: ChunkRecord): number =>
  record.bodies.reduce((sum, body) => sum + body.bodyBytes, 0);

export async function writeRecord(store: ObjectStore, run: Run, record: ChunkRecord): Promise<void> {
  await store.put(recordKey(run, record.chunk), Buffer.from(JSON.stringify(record)));
}

export async function readRecord(store: ObjectStore, run: Run, chunk: number): Promise<ChunkRecord> {
  const text = await store.get(recordKey(run, chunk));
  if (text === undefined)
    throw new TransferError('UploadLost', `the record of chunk ${chunk} at ${store.location('')} is gone`);
  return JSON.parse(text.toString()) as ChunkRecord;
}

export async function finishedChunks(store: ObjectStore, run: Run): Promise<Set<number>> {
  const finished = new Set<number>();
  for await (const { key } of store.list(ledgerPrefix(run))) finished.add(chunkOfRecord(key));
  return finished;
}

export async function storePlan<T>(store: ObjectStore, key: string, plan: T): Promise<PlanReference<T>> {
  await store.put(key, Buffer.from(JSON.stringify(plan)));
  return { kind: 'stored', key };
}

export async function loadPlan<T>(store: ObjectStore, reference: PlanReference<T>): Promise<T> {
  if (reference.kind === 'inline') return reference.plan;
  const text = await store.get(reference.key);
  if (text === undefined)
    throw new TransferError('UploadLost', `the plan at ${store.location(reference.key)} is gone`);
  return JSON.parse(text.toString()) as T;
}

/** Remembers what publish has made, where the run's result does not tell every object. */
export async function storePublished(
  store: ObjectStore,
  run: Run,
  published: readonly PublishedObject[],
): Promise<void> {
  await store.put(publishedKey(run), Buffer.from(JSON.stringify(published)));
}

/** All objects of a run that has been published, in order. */
export async function loadPublished(
  store: ObjectStore,
  run: Run,
  { objects }: Pick<PublishedRun, 'objects'>,
): Promise<PublishedObject[]> {
  if (!objects.some(({ key }) => key.endsWith('/'))) return objects;
  const text = await store.get(publishedKey(run));
  if (text === undefined)
    throw new TransferError(
      'Internal',
      `${store.location(publishedKey(run))} is gone; it names what was published`,
    );
  return JSON.parse(text.toString()) as PublishedObject[];
}

/** What a chunk has left beside the ledger for publish, as the store sees it. */
export function carriedObject(
  run: Run,
  chunk: number,
  index: number,
  { carriedBytes, carriedEtag = '' }: Pick<ChunkBody, 'carriedBytes' | 'carriedEtag'>,
): { key: string; size: number; etag: string } {
  return { key: carriedKey(run, chunk, index), size: carriedBytes, etag: carriedEtag };
}

/** Bytes [start, end) of it. UploadLost when it is not there any more. */
export async function readCarried(
  store: ObjectStore,
  object: ReturnType<typeof carriedObject>,
  start: number,
  end: number,
): Promise<Buffer> {
  if (start === end) return Buffer.alloc(0);
  try {
    return await readRange(store.open(object), start, end);
  } catch (error) {
    if (!(error instanceof TransferError) || error.code !== 'SourceChanged') throw error;
    throw new TransferError('UploadLost', `${store.location(object.key)} is gone`, { cause: error });
  }
}
