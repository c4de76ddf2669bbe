import type { Run } from '../../../workflows/contract.ts';
import type { JobContext } from '../../engine/serve-jobs.ts';
import { connectS3 } from '../../stores/s3/s3-store.ts';
import type { ObjectStore, UploadOptions } from '../../stores/object-store.ts';
import type { CopyChunkResult, CopyWholeResult, EngineJob } from '../jobs.ts';
import { writeRecord, type ChunkBody, type ChunkRecord } from '../ledger.ts';
import { mapSettled } from '../map-settled.ts';
import { publishedBefore, putWhole } from '../put-whole.ts';
import { carriedKey, objectMetadata } from '../staging.ts';
import { joinMetadata } from '../user-metadata.ts';
import { withPartBuffer } from './part-buffers.ts';
import { partRange, type VerbatimObject, type VerbatimWork } from './work.ts';

/** Parts under way in one job, each of which is held in memory; so one is read while another is written. */
const PARALLEL_PARTS = 4;

type VerbatimJob = Extract<EngineJob, { type: 'copyVerbatim' }>;

/** Brings a chunk's pieces to the destination, and last of all its record into the ledger. Rows are objects here. */
export async function copyVerbatim(job: VerbatimJob): Promise<CopyChunkResult> {
  const { run, work } = job;
  const source = connectS3(job.source);
  const destination = connectS3(job.destination);
  try {
    const bodies = await mapSettled(work.pieces, PARALLEL_PARTS, (piece, index) =>
      copyPiece(source, destination, run, work, piece, index),
    );
    const objects = work.pieces.filter(({ part }) => part === 0).length;
    const read = bodies.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0);
    const record: ChunkRecord = {
      chunk: work.chunk,
      rowsRead: objects,
      rowsWritten: objects,
      bytesRead: read,
      bodies,
    };
    await writeRecord(destination, run, record);
    return record;
  } finally {
    source.close();
    destination.close();
  }
}

async function copyPiece(
  source: ObjectStore,
  destination: ObjectStore,
  run: Run,
  { serverSide, bucket, chunk }: VerbatimWork,
  { object, part }: VerbatimWork['pieces'][number],
  index: number,
): Promise<ChunkBody> {
  const { start, end } = partRange(object, part);
  const body: ChunkBody = { partition: '', bodyBytes: end - start, carriedBytes: 0, trailer: '' };
  const { target, uploadId, checksum } = object;
  if (uploadId === undefined) {
    // publish lets the store copy it
    if (serverSide || start === end) return body;
    const kept = await withPart(source, run, object, { start, end }, (bytes) =>
      destination.put(carriedKey(run, chunk, index), bytes),
    );
    return { ...body, carriedBytes: end - start, carriedEtag: kept.etag };
  }
  const number = part + 1;
  if (serverSide) {
    const from = { bucket, ...object };
    return {
      ...body,
      part: await destination.uploadPartCopy(target, uploadId, number, from, { start, end }),
    };
  }
  const uploaded = await withPart(source, run, object, { start, end }, (bytes) =>
    destination.uploadPart(target, uploadId, number, bytes, checksum),
  );
  return { ...body, part: uploaded };
}

async function withPart<T>(
  source: ObjectStore,
  { runId }: Run,
  object: VerbatimObject,
  { start, end }: { start: number; end: number },
  use: (bytes: Buffer) => Promise<T>,
): Promise<T> {
  return withPartBuffer(runId, end - start, async (bytes) => {
    await source.fill(object, start, bytes);
    return use(bytes);
  });
}

/** A run of one object of one part: it is put where it belongs at once. */
export async function copyWholeVerbatim(
  job: Extract<EngineJob, { type: 'copyWholeVerbatim' }>,
  context: JobContext,
): Promise<CopyWholeResult> {
  const { run, work, replaces } = job;
  const { object } = work.pieces[0]!;
  const source = connectS3(job.source);
  const destination = connectS3(job.destination);
  const target = { key: object.target, ...(replaces === undefined ? {} : { replaces }) };
  try {
    const body = Buffer.allocUnsafeSlow(object.size);
    await source.fill(object, 0, body);
    const options = await describedAs(source, object.key, run);
    await context.commit();
    const counted = { rowsRead: 1, rowsWritten: 1, bytesRead: object.size };
    return await putWhole(destination, run, target, { body, bytes: object.size, options }, counted);
  } catch (error) {
    const published = await publishedBefore(destination, run, target.key).catch(() => undefined);
    if (published === undefined) throw error;
    return published;
  } finally {
    source.close();
    destination.close();
  }
}

/** Headers and metadata of the source's object, and whose copy it is. */
export async function describedAs(source: ObjectStore, key: string, run: Run): Promise<UploadOptions> {
  const { metadata, contentType, contentEncoding, cacheControl, contentDisposition, contentLanguage } =
    (await source.head(key)) ?? { metadata: {} };
  return {
    ...(contentType === undefined ? {} : { contentType }),
    ...(contentEncoding === undefined ? {} : { contentEncoding }),
    ...(cacheControl === undefined ? {} : { cacheControl }),
    ...(contentDisposition === undefined ? {} : { contentDisposition }),
    ...(contentLanguage === undefined ? {} : { contentLanguage }),
    metadata: joinMetadata(metadata, objectMetadata(run), source.location(key)),
  };
}
