import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import type { Command } from 'commander';
import { endedReport } from '../operator/apply/temporal-errors.ts';
import { activeRunCommand, subject } from './active-run.ts';
import { ExitError } from './exit-error.ts';
import { PROGRAM } from './program.ts';
import type { ListedTransfer } from './transfers.ts';

/** `ddc cancel`: ends a run, and waits until it has ended. */
export function cancelCommand(): Command {
  return activeRunCommand('cancel', cancel)
    .description('Cancels the run of a BatchTransfer that goes on; what it has written is removed.')
    .addHelpText(
      'after',
      `
Examples:
  ${PROGRAM} cancel payments --temporal-address temporal.example.com:7233

What was at the destination before stays as it is. A run that is publishing already is not cancelled. The BatchTransfer
is Fatal then, until it is changed. Exit code: 0 when the run was cancelled, else 1.`,
    );
}

async function cancel(run: WorkflowHandle, transfer: ListedTransfer): Promise<void> {
  const about = subject(transfer);
  await run.cancel().catch((error: unknown) => {
    if (error instanceof WorkflowNotFoundError)
      throw new ExitError(1, `${about}: the run has ended already, or is at another Temporal server`);
    throw error;
  });
  console.error(`ddc: ${about}: cancelling ${run.workflowId}`);
  try {
    await run.result();
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const { state, message } = endedReport(error, '');
    if (state !== 'cancelled')
      throw new ExitError(1, `${about}: not cancelled, the run ${state}: ${message}`);
    console.log(`${about}: cancelled; nothing was published`);
    return;
  }
  throw new ExitError(1, `${about}: not cancelled, the copy was being published and is complete`);
}
