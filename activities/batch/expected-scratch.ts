import { TransferError } from '../failures.ts';
import { formatNamed } from '../registry.ts';
import type { EngineJob } from './jobs.ts';
import type { Plan } from './plan.ts';

/** A plan is made from samples and footers. */
const PLAN_BYTES = 2 ** 20;
/** Source, what the engine writes, and what an encoder makes of that, in multiples of the source. */
const FACTOR = 4;
/** Text of compressed columns; chunks of such formats are cut so that they decode to at most 8 times their size. */
const FACTOR_TO_TEXT = 12;

/**
 * Bytes of scratch that a job is expected to use, from experience: more is possible (digests of short values), and
 * the pool deals with it.
 * @param limit DDC_SCRATCH_LIMIT in bytes
 * @throws TransferError ScratchFull when not even the source of one chunk fits
 */
export function expectedScratch(job: EngineJob, limit: number): number {
  if (job.type === 'plan') return PLAN_BYTES;
  const chunk = job.type === 'copyWhole' ? 0 : job.chunk;
  const { source, destination } = job.plan;
  const bytes = chunkBytes(source, chunk);
  if (bytes > limit)
    throw new TransferError(
      'ScratchFull',
      `chunk ${chunk} of ${source.chunks.location} has ${bytes} bytes, more than the worker may use of its scratch directory: DDC_SCRATCH_LIMIT is ${limit} bytes; raise it, or make chunks smaller (DDC_CHUNK_BYTES)`,
    );
  const toText = !formatNamed(source.format).text && formatNamed(destination.format).text;
  return bytes * (toText ? FACTOR_TO_TEXT : FACTOR);
}

/** Cuts are in the format's own unit: a chunk's share of them is its share of the bytes. */
function chunkBytes({ size, chunks: { cuts } }: Plan['source'], chunk: number): number {
  const all = cuts.at(-1)! - cuts[0]!;
  return all === 0 ? size : Math.ceil((size * (cuts[chunk + 1]! - cuts[chunk]!)) / all);
}
