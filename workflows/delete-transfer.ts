import type { DeletedData, DeleteTransferInput } from './contract.ts';
import { activities } from './proxies.ts';
import { withRetries } from './retries.ts';
import { showRunState } from './run-state.ts';

/**
 * Removes what a transfer has written. It never gives up: even an error that usually needs a person (denied access,
 * a missing secret) is tried again, because the resource waits for its finalizer and the cause can be
 * repaired outside.
 */
export async function deleteTransfer(input: DeleteTransferInput): Promise<DeletedData> {
  const state = showRunState(input.transfer);
  state.enter('delete');
  const deleted = await withRetries(
    () => activities.deleteData(input),
    Infinity,
    state,
    () => 'retry',
  );
  state.end('Succeeded');
  return deleted;
}
