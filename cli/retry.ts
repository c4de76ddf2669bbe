import { WorkflowUpdateRPCTimeoutOrCancelledError, type WorkflowHandle } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import type { Command } from 'commander';
import { ownStatus } from '../operator/api/index.ts';
import { CONTROLS } from '../workflows/contract/control.ts';
import { activeRunCommand, subject } from './active-run.ts';
import { ExitError } from './exit-error.ts';
import { PROGRAM } from './program.ts';
import type { ListedTransfer } from './transfers.ts';

/** Milliseconds for a worker to take it. */
const TIMEOUT = 10_000;

/** `ddc retry`: ends a run's wait for its next retry, or for somebody who has repaired it. */
export function retryCommand(): Command {
  return activeRunCommand('retry', retry)
    .description('Tries again at once what a run waits to try again, also when it is Fatal and parked.')
    .addHelpText(
      'after',
      `
Examples:
  ${PROGRAM} retry payments --temporal-address temporal.example.com:7233

A run that is Failed waits for its next retry. One that is Fatal waits for somebody who repairs the cause, as long as its status
says (parked.until), and goes on with the chunks already done. When it has ended: change the BatchTransfer to run it again.`,
    );
}

async function retry(run: WorkflowHandle, transfer: ListedTransfer): Promise<void> {
  const about = subject(transfer);
  const { status, parked } = ownStatus(transfer, transfer.status ?? {}) ?? {};
  if (status !== 'Failed' && parked === undefined)
    throw new ExitError(1, `${about}: nothing waits to be tried again; its status is ${status}`);
  try {
    const answer = await run.client.connection.withDeadline(Date.now() + TIMEOUT, () =>
      run.executeUpdate<string, []>(CONTROLS.retry),
    );
    console.log(`${about}: ${answer}`);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError)
      throw new ExitError(1, `${about}: the run has ended already, or is at another Temporal server`);
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)
      throw new ExitError(1, `${about}: no worker has answered within ${TIMEOUT / 1000} s`);
    throw error;
  }
}
