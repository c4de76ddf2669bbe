import { TransferError } from '../failures.ts';

/** DuckDB's error messages begin with the kind of error. */
const DATA = /^(Conversion|Invalid Input|Out of Range|Invalid Type|Invalid|Serialization) Error/;
const MEMORY = /^Out of Memory Error/;

/**
 * An error of the engine that no format explains. Quoted parts of the engine's text and what it calls a value are left
 * out: policy may hide them.
 */
export function engineError(error: Error, where: string): TransferError {
  if (error instanceof TransferError) return error;
  const line = (error.message.split('\n')[0] ?? '')
    .replaceAll(/"[^"]*"|'[^']*'|(?<=\bvalue )\S+/g, '…')
    .slice(0, 300);
  if (MEMORY.test(error.message))
    return new TransferError('EngineCrashed', `${where}: the engine needs more memory (DDC_MEMORY_LIMIT)`);
  if (/No space left|disk is full/i.test(error.message))
    return new TransferError('ScratchFull', `${where}: the scratch directory is full (DDC_SCRATCH_DIR)`);
  if (DATA.test(error.message)) return new TransferError('MalformedData', `${where}: ${line}`);
  return new TransferError('Internal', `${where}: ${line}`);
}
