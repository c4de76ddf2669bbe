import { TransferError } from '../failures.ts';

export const shuttingDown = (): TransferError =>
  new TransferError('EngineCrashed', 'the worker is shutting down');

export const crashed = (): TransferError =>
  new TransferError('EngineCrashed', 'the engine process ended while it worked on this chunk');

/** @param limit bytes */
export const scratchExceeded = (limit: number): TransferError =>
  new TransferError(
    'ScratchFull',
    `one chunk alone needs more scratch space than the worker may use: DDC_SCRATCH_LIMIT is ${limit} bytes; raise it, or make chunks smaller (DDC_CHUNK_BYTES)`,
  );
