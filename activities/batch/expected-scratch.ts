import { TransferError } from '../failures.ts';
import { formatNamed } from '../registry.ts';
import { SMALL_BYTES } from './small.ts';
import type { EngineJob } from './jobs.ts';
import type { PieceWork } from './plan.ts';
import { nameOfChunk } from './verify-chunk.ts';

/** A plan is made from samples and footers, or by reading through. */
const PLAN_BYTES = 2 ** 20;
/** Source, what the engine writes, and what an encoder makes of that, in multiples of the source. */
const FACTOR = 4;
/** Text of compressed columns; chunks of such formats are cut so that they decode to at most 8 times their size. */
const FACTOR_TO_TEXT = 12;

/** Of a plan with a small copy. */
export const SMALL_SCRATCH = PLAN_BYTES + FACTOR_TO_TEXT * SMALL_BYTES;

/**
 * Bytes of scratch that a job is expected to use, from experience: more is possible (digests of short values), and
 * the pool deals with it.
 * @param limit DDC_SCRATCH_LIMIT in bytes
 * @throws TransferError ScratchFull when not even the source of one chunk fits
 */
export function expectedScratch(job: EngineJob, limit: number): number {
  switch (job.type) {
    case 'plan':
    case 'preview':
    case 'describePublished':
      return PLAN_BYTES;
    case 'planRun':
      return job.copies ? SMALL_SCRATCH : PLAN_BYTES;
    // parts are held in memory, or only digested
    case 'copyVerbatim':
    case 'copyWholeVerbatim':
    case 'verifyBytes':
      return 0;
    case 'verifyChunk':
      return FACTOR * bytesOf(job, limit);
    case 'copyChunk':
    case 'copyWhole': {
      const { format, destination } = job.work;
      const toText = !formatNamed(format).text && formatNamed(destination.format).text;
      return bytesOf(job.work, limit) * (toText ? FACTOR_TO_TEXT : FACTOR);
    }
  }
}

/** What a chunk reads. */
function bytesOf({ chunk, pieces }: { chunk: number; pieces: readonly PieceWork[] }, limit: number): number {
  const bytes = pieces.reduce((sum, piece) => sum + pieceBytes(piece), 0);
  if (bytes > limit)
    throw new TransferError(
      'ScratchFull',
      `${nameOfChunk(chunk, pieces)} has ${bytes} bytes, more than the worker may use of its scratch directory: DDC_SCRATCH_LIMIT is ${limit} bytes; raise it, or make chunks smaller (DDC_CHUNK_BYTES)`,
    );
  return bytes;
}

/** Cuts are in the format's own unit: a piece's share of them is its share of the bytes. */
function pieceBytes({ object: { size }, source: { cuts }, index }: PieceWork): number {
  const all = cuts.at(-1)! - cuts[0]!;
  return all === 0 ? size : Math.ceil((size * (cuts[index + 1]! - cuts[index]!)) / all);
}
