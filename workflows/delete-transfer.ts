import { continueAsNew, log, workflowInfo } from '@temporalio/workflow';
import type { DeletedData, DeleteTransferInput } from './contract.ts';
import { activities } from './proxies.ts';
import { StepEnded, withRetries } from './retries.ts';
import { showRunState, takeRetries } from './run-state.ts';

/** Whoever had the credentials has removed them for good: there is nobody left to wait for. */
const GONE = 'ResourceGone';

/**
 * Removes what a transfer has written. It never gives up: even an error that usually needs a person (denied access,
 * a missing secret) is tried again, because the resource waits for its finalizer and the cause can be
 * repaired outside. Only a resource that is gone, with the credentials in it, cannot be repaired.
 */
export async function deleteTransfer(input: DeleteTransferInput): Promise<DeletedData> {
  const state = showRunState(input.transfer);
  takeRetries(state);
  state.enter('delete');
  const { failedBefore = 0, ...request } = input;
  const remove = (failed: number): Promise<DeletedData> =>
    // Tried for weeks, the history would grow beyond what Temporal keeps.
    workflowInfo().continueAsNewSuggested
      ? continueAsNew<typeof deleteTransfer>({ ...request, failedBefore: failed })
      : activities.deleteData(request);
  try {
    const deleted = await withRetries(remove, {
      maxRetries: Infinity,
      observer: state,
      classify: ({ code }) => (code === GONE ? 'fatal' : 'retry'),
      failedBefore,
    });
    state.end('Succeeded');
    return deleted;
  } catch (error) {
    if (!(error instanceof StepEnded)) throw error;
    const { message } = error.failure;
    log.warn('what the transfer has written is left', { reason: message });
    state.end('Succeeded');
    return { deleted: [], kept: [`${input.transfer.destination.description}: ${message}`] };
  }
}
