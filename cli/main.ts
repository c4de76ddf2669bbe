import { Command } from 'commander';
import { TransferError } from '../activities/failures.ts';
import { decryptCommand } from './decrypt.ts';
import { planCommand } from './plan.ts';
import { previewCommand } from './preview.ts';
import { receiptCommand } from './receipt.ts';

/** The program `ddc`: one file per command. */
const program = new Command('ddc')
  .description('What a person or a script asks of the Data Distribution Controller.')
  .addCommand(planCommand())
  .addCommand(previewCommand())
  .addCommand(receiptCommand())
  .addCommand(decryptCommand());

try {
  await program.parseAsync();
} catch (error) {
  // A TransferError is written for users; for the rest, the first line is what they can use.
  const text = error instanceof Error ? error.message : String(error);
  console.error(`ddc: ${error instanceof TransferError ? text : text.split('\n')[0]}`);
  process.exitCode = 1;
}
