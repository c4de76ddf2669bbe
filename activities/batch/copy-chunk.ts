import type { ColumnChecksums } from '../../workflows/contract/receipt.ts';
import type { JobContext } from '../engine/serve-jobs.ts';
import { TransferError } from '../failures.ts';
import { formatNamed } from '../registry.ts';
import { connectS3 } from '../stores/s3/s3-store.ts';
import type { ObjectStore } from '../stores/object-store.ts';
import { carriedBytes, restPartNumber } from './assembly.ts';
import { convertChunk } from './convert.ts';
import { convertWhole } from './convert-whole.ts';
import type { ResultFile } from './result-files.ts';
import type { EngineSettings } from './engine-settings.ts';
import type { CopyChunkResult, CopyWholeResult, EngineJob } from './jobs.ts';
import { writeRecord, type ChunkBody, type ChunkRecord } from './ledger.ts';
import { mapSettled } from './map-settled.ts';
import { publishedBefore } from './put-whole.ts';
import { withScratch } from './scratch.ts';
import { carriedKey } from './staging.ts';

/** Bodies are streamed from files; there are many where the result is partitioned. */
const PARALLEL_BODIES = 8;

/** One chunk of several: read, convert, upload its bodies, and last of all its record in the ledger. */
export async function copyChunk(
  job: Extract<EngineJob, { type: 'copyChunk' }>,
  settings: EngineSettings,
): Promise<CopyChunkResult> {
  const { run, work } = job;
  const source = connectS3(job.source);
  const destination = connectS3(job.destination);
  try {
    return await withScratch(settings.scratchDirectory, async (directory) => {
      const { files, ...counted } = await convertChunk(source, work, directory, settings, job.secrets);
      const bodies = await mapSettled(files, PARALLEL_BODIES, (file, index) =>
        uploadBody(destination, job, index, file),
      );
      const record: ChunkRecord = { chunk: work.chunk, ...counted, bodies };
      verifyTrailers(record, job.work.destination.format);
      await writeRecord(destination, run, record);
      return record;
    });
  } finally {
    source.close();
    destination.close();
  }
}

/** Large bodies of the one object become its parts at once; all others are kept beside the ledger. */
async function uploadBody(
  store: ObjectStore,
  { run, work: { chunk, destination } }: Extract<EngineJob, { type: 'copyChunk' }>,
  index: number,
  { path: file, partition }: ResultFile,
): Promise<ChunkBody> {
  const format = formatNamed(destination.format);
  const { start, end, trailer } = await format.layout(file);
  const bytes = end - start;
  const carried = destination.uploadId === undefined ? bytes : carriedBytes(bytes, format.ordered);
  const cut = start + carried;
  const kept =
    carried === 0 ? undefined : await store.put(carriedKey(run, chunk, index), { file, start, end: cut });
  const body = {
    partition,
    bodyBytes: bytes,
    carriedBytes: carried,
    ...(kept === undefined ? {} : { carriedEtag: kept.etag }),
    trailer: trailer.toString('base64'),
  };
  if (cut === end) return body;
  const rest = { file, start: cut, end };
  return {
    ...body,
    part: await store.uploadPart(destination.key, destination.uploadId!, restPartNumber(chunk), rest),
  };
}

function verifyTrailers({ chunk, bodies, rowsWritten }: ChunkRecord, formatName: string): void {
  const { rowsInTrailer } = formatNamed(formatName);
  if (rowsInTrailer === undefined) return;
  const trailed = bodies.reduce((sum, body) => sum + rowsInTrailer(Buffer.from(body.trailer, 'base64')), 0);
  if (trailed !== rowsWritten)
    throw new TransferError(
      'VerificationFailed',
      `chunk ${chunk}: ${rowsWritten} rows converted but the result holds ${trailed}`,
    );
}

/** A run of one chunk and one object: its result file is the object. */
export async function copyWhole(
  job: Extract<EngineJob, { type: 'copyWhole' }>,
  settings: EngineSettings,
  context: JobContext,
): Promise<CopyWholeResult> {
  const { run, work } = job;
  const source = connectS3(job.source);
  const destination = connectS3(job.destination);
  let checksums: ColumnChecksums | undefined;
  try {
    return await withScratch(settings.scratchDirectory, async (directory) => {
      const at = { source, destination, directory, settings, secrets: job.secrets, context };
      const converted = await convertWhole(run, work, at);
      checksums = converted.checksums;
      return converted.publish();
    });
  } catch (error) {
    // an earlier attempt may have got through before it was killed, and the source may have gone since
    const published = await publishedBefore(destination, run, work.destination.key).catch(() => undefined);
    if (published === undefined) throw error;
    return checksums === undefined ? published : { ...published, checksums };
  } finally {
    source.close();
    destination.close();
  }
}
