import { Command } from 'commander';
import { receiptKeyCommand } from './receipt-key.ts';
import { receiptVerifyCommand } from './receipt-verify.ts';

/** `ddc receipt`: what runs prove, and the keys that sign it. */
export function receiptCommand(): Command {
  return new Command('receipt')
    .description('Checks receipts of runs, and makes the key that signs them.')
    .addCommand(receiptVerifyCommand())
    .addCommand(receiptKeyCommand());
}
