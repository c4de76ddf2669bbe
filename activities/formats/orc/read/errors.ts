import { TransferError } from '../../../failures.ts';
import { OrcError } from '../proto.ts';

/** What is well formed, but larger than this reader's memory is meant for. */
export class OrcLimit extends OrcError {}

/** Turns what the format's own decoders throw into an error for people; `what` is named as broken. */
export function guarded<T>(location: string, what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw forPeople(error, location, what);
  }
}

export function forPeople(error: unknown, location: string, what: string): unknown {
  if (error instanceof OrcLimit) {
    return new TransferError('Unsupported', `${location}: ${what}: ${error.message}`, { cause: error });
  }
  if (error instanceof OrcError) {
    return new TransferError('MalformedData', `${location}: ${what} is corrupt: ${error.message}`, {
      cause: error,
    });
  }
  return error;
}
