import { WorkflowUpdateRPCTimeoutOrCancelledError, type WorkflowHandle } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import type { Command } from 'commander';
import { CONTROLS } from '../workflows/contract/control.ts';
import { activeRunCommand, subject } from './active-run.ts';
import { ExitError } from './exit-error.ts';
import { PROGRAM } from './program.ts';
import type { ListedTransfer } from './transfers.ts';

/** Milliseconds for a worker to take it. */
const TIMEOUT = 10_000;

/** `ddc retry`: ends a run's wait for its next retry. */
export function retryCommand(): Command {
  return activeRunCommand('retry', retry)
    .description('Tries again at once what a failed run waits to try again.')
    .addHelpText(
      'after',
      `
Examples:
  ${PROGRAM} retry payments --temporal-address temporal.example.com:7233

Only a run that is Failed waits. One that is Fatal has ended: change the BatchTransfer to run it again.`,
    );
}

async function retry(run: WorkflowHandle, transfer: ListedTransfer): Promise<void> {
  const about = subject(transfer);
  const { status } = transfer.status ?? {};
  if (status !== 'Failed')
    throw new ExitError(1, `${about}: nothing waits to be tried again; its status is ${status}`);
  try {
    await run.client.connection.withDeadline(Date.now() + TIMEOUT, () =>
      run.executeUpdate<void, []>(CONTROLS.retry),
    );
  } catch (error) {
    if (error instanceof WorkflowNotFoundError)
      throw new ExitError(1, `${about}: the run has ended already, or is at another Temporal server`);
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)
      throw new ExitError(1, `${about}: no worker has answered within ${TIMEOUT / 1000} s`);
    throw error;
  }
  console.log(`${about}: trying again now`);
}
