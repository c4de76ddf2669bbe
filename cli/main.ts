import { Command } from 'commander';
import { TransferError } from '../activities/failures.ts';
import { ExitError } from './exit-error.ts';
import { PROGRAM } from './program.ts';

/** One file per command. What one does not need it need not wait for: some load the engine and Temporal's worker. */
const COMMANDS: Record<string, () => Promise<Command>> = {
  get: async () => (await import('./get.ts')).getCommand(),
  describe: async () => (await import('./describe.ts')).describeCommand(),
  cancel: async () => (await import('./cancel.ts')).cancelCommand(),
  pause: async () => (await import('./pause.ts')).pauseCommand(),
  resume: async () => (await import('./pause.ts')).resumeCommand(),
  'run-now': async () => (await import('./run-now.ts')).runNowCommand(),
  retry: async () => (await import('./retry.ts')).retryCommand(),
  run: async () => (await import('./run.ts')).runCommand(),
  plan: async () => (await import('./plan.ts')).planCommand(),
  preview: async () => (await import('./preview.ts')).previewCommand(),
  receipt: async () => (await import('./receipt.ts')).receiptCommand(),
  'codec-server': async () => (await import('./codec-server.ts')).codecServerCommand(),
  decrypt: async () => (await import('./decrypt.ts')).decryptCommand(),
  completion: async () => (await import('./completion/completion.ts')).completionCommand(),
};

/** The program `ddc`. @param words behind its name */
async function main(words: readonly string[]): Promise<void> {
  const program = new Command(PROGRAM).description(
    'What a person or a script asks of the Data Distribution Controller.',
  );
  for (const name of needed(words)) program.addCommand(await COMMANDS[name]!());
  if (words[0] === 'complete') {
    const { completeCommand } = await import('./completion/completion.ts');
    program.addCommand(completeCommand(program), { hidden: true });
  }
  await program.parseAsync();
}

/** Only the command that is called, or completed; all where there is none, for `--help` and for suggestions. */
function needed(words: readonly string[]): string[] {
  const [called, ...rest] = words[0] === 'complete' ? words.filter((word) => word !== '--').slice(1) : words;
  const complete = words[0] !== 'complete' || rest.length > 0;
  return called !== undefined && complete && Object.hasOwn(COMMANDS, called)
    ? [called]
    : Object.keys(COMMANDS);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  // These are written for users; of the rest, the first line is what they can use.
  const text = error instanceof Error ? error.message : String(error);
  const whole = error instanceof TransferError || error instanceof ExitError;
  console.error(`ddc: ${whole ? text : text.split('\n')[0]}`);
  process.exitCode = error instanceof ExitError ? error.exitCode : 1;
}
