import { TransferError } from '../../failures.ts';

/** Path of the clause in the resource. */
export function clausePath(transformationPath: string): string {
  return `${transformationPath}.options.clause`;
}

/** An InvalidFilter at a clause; the message names the construct and what would be right. */
export function refusal(path: string, message: string): TransferError {
  return new TransferError('InvalidFilter', `${path}: ${message}`);
}

/** The first line of an engine message, without the kind of error in front. */
export function engineMessage(error: unknown): string {
  const line = (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
  return line.replace(/^(?:[A-Z][A-Za-z ]* Error: )+/, '').trim();
}
