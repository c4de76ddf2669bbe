import { TransferError } from '../../failures.ts';

/** What cannot be read back as it was written is not what was meant to be published; that a store is away says nothing. */
export async function readingBack<T>(location: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof TransferError) || error.class === 'retry') throw error;
    throw new TransferError(
      'VerificationFailed',
      `${location} cannot be read back as it was written: ${error.message}`,
      { cause: error },
    );
  }
}
