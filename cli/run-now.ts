import type { Command } from 'commander';
import { RUN_NOW } from '../operator/reconcile/resource.ts';
import { changeCommand } from './change-transfer.ts';
import { PROGRAM } from './program.ts';

/** `ddc run-now`: gives the annotation a new value. */
export function runNowCommand(): Command {
  return changeCommand('run-now', () => ({
    patch: { metadata: { annotations: { [RUN_NOW]: new Date().toISOString() } } },
    outcome: 'a run starts now, or when the present one has ended',
  }))
    .description('Starts one run of BatchTransfers now, whatever their schedules say.')
    .addHelpText(
      'after',
      `
Examples:
  ${PROGRAM} run-now payments

The same as giving the annotation ${RUN_NOW} a new value. A run that is Fatal and parked goes on instead.`,
    );
}
