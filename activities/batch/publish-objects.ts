import { randomUUID } from 'node:crypto';
import pLimit from 'p-limit';
import type { Run } from '../../workflows/contract.ts';
import { formatNamed } from '../registry.ts';
import type { ObjectStore, UploadedPart } from '../stores/object-store.ts';
import { divide, joinParts, type DividedObject, type JoinedPart } from './divide.ts';
import { carriedObject, readCarried, type ChunkRecord, type PublishedObject } from './ledger.ts';
import type { PlannedDestination, PlannedObjects } from './plan.ts';
import { complete, publishedEtag } from './publish-object.ts';
import { objectMetadata, uploadKey } from './staging.ts';
import { verifyEpilogue } from './verify-run.ts';

/** Objects that are made at the same time; each holds a part of at most some 15 MiB. */
const PARALLEL_OBJECTS = 8;

/** One object, laid out. Segment 0 is the prologue, segment i + 1 is body i. */
interface Layout extends DividedObject {
  prologue: Buffer;
  epilogue: Buffer;
  parts: JoinedPart[];
  bytes: number;
}

/**
 * Joins the bodies that lie beside the ledger to objects: first all uploads with their parts, invisible, then all are
 * completed one right after the other. What an attempt before has completed is recognised and left.
 */
export async function publishObjects(
  store: ObjectStore,
  run: Run,
  destination: PlannedDestination,
  objects: PlannedObjects,
  records: readonly ChunkRecord[],
  beforeShown: (keys: string[]) => Promise<void>,
): Promise<PublishedObject[]> {
  const limit = pLimit(PARALLEL_OBJECTS);
  const divided = divide(records, objects);
  const prepared = await limit.map(divided, async (object) => {
    const laid = await layOut(object, destination, objects);
    const { key, bytes } = laid;
    const etag = await publishedEtag(store, run, key, bytes);
    const show = etag === undefined ? await prepare(store, run, laid) : async () => etag;
    return { key, bytes, show };
  });
  await beforeShown(divided.map(({ key }) => key));
  return limit.map(prepared, async ({ key, bytes, show }) => ({ key, etag: await show(), bytes }));
}

async function layOut(
  object: DividedObject,
  { format, options }: PlannedDestination,
  objects: PlannedObjects,
): Promise<Layout> {
  const prologue = Buffer.from(objects.prologue.body, 'base64');
  const placed = [
    { position: 0, bodyBytes: prologue.length, trailer: Buffer.from(objects.prologue.trailer, 'base64') },
  ];
  let position = prologue.length;
  for (const { body } of object.bodies) {
    const { bodyBytes, trailer } = body;
    placed.push({ position, bodyBytes, trailer: Buffer.from(trailer, 'base64') });
    position += bodyBytes;
  }
  const epilogue = await formatNamed(format).epilogue(placed, options);
  verifyEpilogue(formatNamed(format), epilogue, rowsIn(placed, format), object.key);
  const parts = joinParts(placed.map(({ bodyBytes }) => bodyBytes));
  return { ...object, prologue, epilogue, parts, bytes: position + epilogue.length };
}

function rowsIn(placed: readonly { trailer: Buffer }[], format: string): number {
  const { rowsInTrailer } = formatNamed(format);
  return placed.reduce((sum, { trailer }) => sum + (rowsInTrailer?.(trailer) ?? 0), 0);
}

/** Resolves with what makes the object visible and resolves with its ETag. */
async function prepare(store: ObjectStore, run: Run, object: Layout): Promise<() => Promise<string>> {
  const { key, parts, bytes } = object;
  const metadata = objectMetadata(run);
  if (parts.length === 1)
    return async () =>
      (await store.put(key, await bytesOf(store, run, object, parts[0]!, true), { metadata })).etag;
  const uploadId = await store.createUpload(key, { metadata });
  await store.put(uploadKey(run, randomUUID()), Buffer.from(JSON.stringify({ key, uploadId })));
  const uploaded: UploadedPart[] = [];
  for (const [index, part] of parts.entries()) {
    const last = index === parts.length - 1;
    const [only] = part;
    if (only !== undefined && part.length === 1 && only.of > 0 && !last) {
      const { chunk, index: number, body } = object.bodies[only.of - 1]!;
      const from = carriedObject(run, chunk, number, body);
      uploaded.push(await store.uploadPartCopy(key, uploadId, index + 1, from, only));
      continue;
    }
    const data = await bytesOf(store, run, object, part, last);
    if (data.length > 0) uploaded.push(await store.uploadPart(key, uploadId, index + 1, data));
  }
  return () => complete(store, run, key, uploadId, bytes, () => Promise.resolve(uploaded));
}

async function bytesOf(
  store: ObjectStore,
  run: Run,
  { prologue, epilogue, bodies }: Layout,
  part: JoinedPart,
  last: boolean,
): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (const { of, start, end } of part) {
    const staged = bodies[of - 1];
    if (staged === undefined) pieces.push(prologue.subarray(start, end));
    else {
      const kept = carriedObject(run, staged.chunk, staged.index, staged.body);
      pieces.push(await readCarried(store, kept, start, end));
    }
  }
  return Buffer.concat(last ? [...pieces, epilogue] : pieces);
}
