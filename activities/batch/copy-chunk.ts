import type { JobContext } from '../engine/serve-jobs.ts';
import { TransferError } from '../failures.ts';
import { formatNamed } from '../registry.ts';
import { connectS3 } from '../stores/s3/s3-store.ts';
import type { ObjectStore } from '../stores/object-store.ts';
import { carriedBytes, restPartNumber } from './assembly.ts';
import { convertChunk } from './convert.ts';
import type { EngineSettings } from './engine-settings.ts';
import type { CopyChunkResult, CopyWholeResult, EngineJob } from './jobs.ts';
import { writeRecord, type ChunkRecord } from './ledger.ts';
import { withScratch } from './scratch.ts';
import { carriedKey, objectMetadata } from './staging.ts';
import { putFile } from './put-file.ts';

/** One chunk of several: read, convert, upload its part, and last of all its record in the ledger. */
export async function copyChunk(
  job: Extract<EngineJob, { type: 'copyChunk' }>,
  settings: EngineSettings,
): Promise<CopyChunkResult> {
  const { run, plan, chunk, secrets } = job;
  const source = connectS3(job.source);
  const destination = connectS3(job.destination);
  try {
    return await withScratch(settings.scratchDirectory, async (directory) => {
      const { file, ...counted } = await convertChunk(source, plan, chunk, directory, settings, secrets);
      const format = formatNamed(plan.destination.format);
      const layout = await format.layout(file);
      const trailed = format.rowsInTrailer?.(layout.trailer);
      if (trailed !== undefined && trailed !== counted.rowsWritten)
        throw new TransferError(
          'VerificationFailed',
          `chunk ${chunk}: ${counted.rowsWritten} rows converted but the result file holds ${trailed}`,
        );
      const bodyBytes = layout.end - layout.start;
      const carried = carriedBytes(bodyBytes, format.ordered);
      const cut = layout.start + carried;
      if (carried > 0) await destination.put(carriedKey(run, chunk), { file, start: layout.start, end: cut });
      const { key, uploadId } = plan.destination;
      const part =
        cut < layout.end
          ? await destination.uploadPart(key, uploadId!, restPartNumber(chunk), {
              file,
              start: cut,
              end: layout.end,
            })
          : undefined;
      const record: ChunkRecord = {
        chunk,
        ...counted,
        bodyBytes,
        carriedBytes: carried,
        ...(part === undefined ? {} : { part }),
        trailer: layout.trailer.toString('base64'),
      };
      await writeRecord(destination, run, record);
      return record;
    });
  } finally {
    source.close();
    destination.close();
  }
}

/** A run of one chunk: its result file is the object. A repeated attempt puts the same bytes again. */
export async function copyWhole(
  job: Extract<EngineJob, { type: 'copyWhole' }>,
  settings: EngineSettings,
  context: JobContext,
): Promise<CopyWholeResult> {
  const source = connectS3(job.source);
  const destination: ObjectStore = connectS3(job.destination);
  try {
    return await withScratch(settings.scratchDirectory, async (directory) => {
      const { file, ...counted } = await convertChunk(source, job.plan, 0, directory, settings, job.secrets);
      await context.commit();
      const written = await putFile(destination, job.plan.destination.key, file, objectMetadata(job.run));
      return { ...counted, etag: written.etag, bytesWritten: written.bytes };
    });
  } finally {
    source.close();
    destination.close();
  }
}
