import type { Command } from 'commander';
import { subject } from './active-run.ts';
import { changeCommand } from './change-transfer.ts';
import { ExitError } from './exit-error.ts';
import { PROGRAM } from './program.ts';
import type { ListedTransfer } from './transfers.ts';

/** `ddc pause`: sets `spec.paused`. */
export function pauseCommand(): Command {
  return changeCommand('pause', (transfer) => {
    const { active, schedule, status } = transfer.status ?? {};
    if (active === undefined && schedule === undefined)
      throw new ExitError(1, `${subject(transfer)}: no run goes on; its status is ${status ?? 'empty'}`);
    return { patch: { spec: { paused: true } }, outcome: 'paused; the chunks that are done are kept' };
  })
    .description('Pauses the runs of BatchTransfers: no further chunk is begun (spec.paused: true).')
    .addHelpText(
      'after',
      `
Examples:
  ${PROGRAM} pause payments
  ${PROGRAM} resume payments

A run that is publishing already is not paused. With a schedule, runs that start later begin paused.`,
    );
}

/** `ddc resume`: takes `spec.paused` back. */
export function resumeCommand(): Command {
  return changeCommand('resume', (transfer) => {
    if (!isPaused(transfer)) throw new ExitError(1, `${subject(transfer)}: spec.paused is not true`);
    return { patch: { spec: { paused: null } }, outcome: 'goes on' };
  })
    .description('Has runs of BatchTransfers that are paused go on, with the chunks already done.')
    .addHelpText(
      'after',
      `
Examples:
  ${PROGRAM} resume payments

Takes spec.paused back. A run that was paused through Temporal is resumed there, and one that is Fatal by "${PROGRAM} retry".`,
    );
}

function isPaused({ spec }: ListedTransfer): boolean {
  return typeof spec === 'object' && spec !== null && 'paused' in spec && spec.paused === true;
}
