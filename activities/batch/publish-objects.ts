import type { Run } from '../../workflows/contract.ts';
import type { Format, PlacedChunk } from '../formats/format.ts';
import { formatNamed } from '../registry.ts';
import type { ObjectStore, UploadedPart, WriteCondition } from '../stores/object-store.ts';
import { divide, joinParts, type DividedObject, type JoinedPart, type StagedBody } from './divide.ts';
import { carriedObject, readCarried, type ChunkRecord, type PublishedObject } from './ledger.ts';
import { mapSettled } from './map-settled.ts';
import { openingsOf } from './openings.ts';
import type { PlannedDestination, PlannedObjects } from './plan.ts';
import { complete } from './publish-object.ts';
import { lookAt, showObjects } from './show-objects.ts';
import { objectMetadata } from './staging.ts';
import { recordOpening, recordUpload } from './upload-records.ts';
import { verifyEpilogue } from './verify-run.ts';

/** Objects that are made at the same time; each holds a part of at most some 15 MiB. */
const PARALLEL_OBJECTS = 8;

/** One object, laid out. */
interface Layout {
  key: string;
  /** One after the other: what is at hand, and bodies. */
  segments: (Buffer | StagedBody)[];
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
  const divided = divide(records, objects);
  const laid = await mapSettled(divided, PARALLEL_OBJECTS, async (object) => {
    const layout = await layOut(object, destination, objects);
    const { key, bytes } = layout;
    return { layout, key, bytes, seen: await lookAt(store, run, key, bytes) };
  });
  const uploads = laid.filter(({ layout, seen }) => seen.own === undefined && layout.parts.length > 1);
  await recordOpening(
    store,
    run,
    uploads.map(({ key }) => key),
  );
  const prepared = await mapSettled(laid, PARALLEL_OBJECTS, async ({ layout, ...object }) => ({
    ...object,
    show: object.seen.own === undefined ? await prepare(store, run, layout) : undefined,
  }));
  await beforeShown(divided.map(({ key }) => key));
  return showObjects(store, run, objects.prefix, prepared, PARALLEL_OBJECTS, ({ show, seen }) =>
    show!(seen.condition),
  );
}

async function layOut(
  { key, bodies }: DividedObject,
  { format: name, options }: PlannedDestination,
  { prologue }: PlannedObjects,
): Promise<Layout> {
  const format = formatNamed(name);
  const begin = Buffer.from(prologue.body, 'base64');
  const trailers = [prologue.trailer, ...bodies.map(({ body }) => body.trailer)];
  const sizes = [begin.length, ...bodies.map(({ body }) => body.bodyBytes)];
  const openings = openingsOf(sizes, format, options);
  const placed: PlacedChunk[] = [];
  let position = 0;
  for (const [index, size] of sizes.entries()) {
    const bodyBytes = openings[index]!.length + size;
    placed.push({ position, bodyBytes, trailer: Buffer.from(trailers[index]!, 'base64') });
    position += bodyBytes;
  }
  const epilogue = await format.epilogue(placed, options);
  verifyEpilogue(format, epilogue, rowsIn(placed, format), key);
  const segments = [begin, ...bodies].flatMap((body, index) => [openings[index]!, body]);
  const parts = joinParts(segments.map(sizeOf));
  return { key, segments, epilogue, parts, bytes: position + epilogue.length };
}

const sizeOf = (segment: Buffer | StagedBody): number =>
  Buffer.isBuffer(segment) ? segment.length : segment.body.bodyBytes;

const rowsIn = (placed: readonly PlacedChunk[], { rowsInTrailer }: Format): number =>
  placed.reduce((sum, { trailer }) => sum + (rowsInTrailer?.(trailer) ?? 0), 0);

/** Resolves with what makes the object visible and resolves with its ETag. */
async function prepare(
  store: ObjectStore,
  run: Run,
  object: Layout,
): Promise<(condition: WriteCondition) => Promise<string>> {
  const { key, parts, bytes } = object;
  const metadata = objectMetadata(run);
  if (parts.length === 1)
    return async (condition) => {
      const body = await bytesOf(store, run, object, parts[0]!, true);
      return (await store.put(key, body, { metadata, ...condition })).etag;
    };
  const uploadId = await store.createUpload(key, { metadata });
  await recordUpload(store, run, { key, uploadId });
  const uploaded: UploadedPart[] = [];
  for (const [index, part] of parts.entries()) {
    const last = index === parts.length - 1;
    const [only] = part;
    const staged = only === undefined ? undefined : object.segments[only.of];
    if (staged !== undefined && !Buffer.isBuffer(staged) && part.length === 1 && !last) {
      const from = carriedObject(run, staged.chunk, staged.index, staged.body);
      uploaded.push(await store.uploadPartCopy(key, uploadId, index + 1, from, only));
      continue;
    }
    const data = await bytesOf(store, run, object, part, last);
    if (data.length > 0) uploaded.push(await store.uploadPart(key, uploadId, index + 1, data));
  }
  return (condition) =>
    complete(store, run, key, uploadId, bytes, () => Promise.resolve(uploaded), condition);
}

async function bytesOf(
  store: ObjectStore,
  run: Run,
  { segments, epilogue }: Layout,
  part: JoinedPart,
  last: boolean,
): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (const { of, start, end } of part) {
    const segment = segments[of]!;
    if (Buffer.isBuffer(segment)) pieces.push(segment.subarray(start, end));
    else {
      const kept = carriedObject(run, segment.chunk, segment.index, segment.body);
      pieces.push(await readCarried(store, kept, start, end));
    }
  }
  return Buffer.concat(last ? [...pieces, epilogue] : pieces);
}
