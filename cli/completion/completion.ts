import { readFile } from 'node:fs/promises';
import { Argument, Command } from 'commander';
import { writeOut } from '../output.ts';
import { printable } from '../table.ts';
import { complete } from './candidates.ts';
import { transferNames } from './transfer-names.ts';

/**
 * Each has a file here. They ask `ddc complete`, whose last line is `:0` when names of files are wanted and `:4` when they
 * are not, as of the programs that kubectl asks.
 */
const SHELLS = ['bash', 'zsh', 'fish'];

/** `ddc completion`: what a shell reads to complete words. */
export function completionCommand(): Command {
  return new Command('completion')
    .description('Prints what a shell reads to complete the words of ddc.')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .addHelpText(
      'after',
      `
Examples:
  source <(ddc completion bash)        in ~/.bashrc
  source <(ddc completion zsh)         in ~/.zshrc, after compinit
  ddc completion fish | source         in ~/.config/fish/config.fish`,
    )
    .action(async (shell: string) =>
      writeOut(await readFile(new URL(`ddc.${shell}`, import.meta.url), 'utf8')),
    );
}

/** `ddc complete`: what shells, and kubectl, ask at every press of the tab key. */
export function completeCommand(program: Command): Command {
  return new Command('complete').argument('[word...]').action(async (words: string[]) => {
    const { candidates, files } = await complete(program, words, transferNames(words));
    const lines = candidates.map(
      ({ value, description }) => printable(value) + (description && `\t${printable(description)}`),
    );
    writeOut([...lines, files ? ':0' : ':4', ''].join('\n'));
  });
}
