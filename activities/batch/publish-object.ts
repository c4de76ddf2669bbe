import type { Run } from '../../workflows/contract.ts';
import { TransferError } from '../failures.ts';
import { formatNamed } from '../registry.ts';
import type { ObjectStore, UploadedPart, WriteCondition } from '../stores/object-store.ts';
import { assemble, type AssembledPart } from './assembly.ts';
import {
  carriedObject,
  readCarried,
  type ChunkBody,
  type ChunkRecord,
  type PublishedObject,
} from './ledger.ts';
import type { PlannedDestination } from './plan.ts';
import { openingsOf, withOpening } from './openings.ts';
import { lookAt } from './show-objects.ts';
import { verifyEpilogue } from './verify-run.ts';

/** Completes the upload whose parts the chunks have brought; an upload that is already completed is recognised. */
export async function publishObject(
  store: ObjectStore,
  run: Run,
  destination: PlannedDestination,
  records: readonly ChunkRecord[],
): Promise<PublishedObject> {
  const bodies = records.map((record) => record.bodies[0]!);
  const format = formatNamed(destination.format);
  const sizes = bodies.map(({ bodyBytes }) => bodyBytes);
  const openings = openingsOf(sizes, format, destination.options);
  const opened = bodies.map((body, chunk) => withOpening(body, openings[chunk]!));
  const assembly = assemble(opened, format.ordered);
  const epilogue = await format.epilogue(
    opened.map(({ bodyBytes, trailer }, chunk) => ({
      position: assembly.positions[chunk]!,
      bodyBytes,
      trailer: Buffer.from(trailer, 'base64'),
    })),
    destination.options,
  );
  const bytes = assembly.bodyBytes + epilogue.length;
  const { key } = destination;
  const rows = records.reduce((sum, { rowsWritten }) => sum + rowsWritten, 0);
  verifyEpilogue(format, epilogue, rows, store.location(key));
  const bringParts = async (): Promise<UploadedPart[]> => {
    const parts: UploadedPart[] = [];
    for (const part of assembly.parts) {
      const end = part === assembly.parts.at(-1) ? epilogue : Buffer.alloc(0);
      const uploaded = await bringPart(store, run, destination, part, { bodies, openings }, end);
      if (uploaded !== undefined) parts.push(uploaded);
    }
    return parts;
  };
  // Asked before anything is uploaded: to a part for a completed upload a store may answer by cutting the connection.
  const { own } = await lookAt(store, run, key, bytes);
  const etag = own ?? (await complete(store, run, key, destination.uploadId!, bytes, bringParts));
  return { key, etag, bytes };
}

/** Uploads a part made of carried bytes; a part uploaded while copying is there already. */
async function bringPart(
  store: ObjectStore,
  run: Run,
  { key, uploadId }: PlannedDestination,
  part: AssembledPart,
  { bodies, openings }: { bodies: readonly ChunkBody[]; openings: readonly Buffer[] },
  epilogue: Buffer,
): Promise<UploadedPart | undefined> {
  if (part.kind === 'uploaded') return bodies[part.chunk]!.part!;
  const pieces = await Promise.all(
    part.chunks.map(async (chunk) => {
      const kept = carriedObject(run, chunk, 0, bodies[chunk]!);
      return Buffer.concat([openings[chunk]!, await readCarried(store, kept, 0, kept.size)]);
    }),
  );
  const body = Buffer.concat([...pieces, epilogue]);
  return body.length === 0 ? undefined : store.uploadPart(key, uploadId!, part.number, body);
}

/** Completes an upload; when it does not exist any more, because a lost answer was to its completion, is content. */
export async function complete(
  store: ObjectStore,
  run: Run,
  key: string,
  uploadId: string,
  bytes: number,
  bringParts: () => Promise<UploadedPart[]>,
  condition?: WriteCondition,
): Promise<string> {
  try {
    return (await store.completeUpload(key, uploadId, await bringParts(), condition)).etag;
  } catch (error) {
    if (!(error instanceof TransferError) || error.code !== 'UploadLost') throw error;
    const { own } = await lookAt(store, run, key, bytes);
    if (own !== undefined) return own;
    throw error;
  }
}
