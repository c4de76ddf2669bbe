import { describe, expect, test } from '@jest/globals';
import { Argument, Command, Option } from 'commander';
import { complete } from '../../cli/completion/candidates.ts';

const program = new Command('ddc')
  .addCommand(
    new Command('get')
      .description('Lists.')
      .argument('[name...]')
      .option('-A, --all-namespaces', 'all')
      .addOption(new Option('-o, --output <format>', 'how').choices(['json', 'yaml']))
      .addOption(new Option('-n, --namespace <name>', 'where')),
  )
  .addCommand(new Command('plan').description('Plans.').requiredOption('-f, --file <file>', 'resource'))
  .addCommand(
    new Command('receipt')
      .description('Receipts.')
      .addCommand(new Command('key').description('Keys.'))
      .addCommand(new Command('verify').description('Verifies.').argument('<file>')),
  )
  .addCommand(new Command('completion').addArgument(new Argument('<shell>').choices(['bash', 'zsh'])))
  .addCommand(new Command('complete'), { hidden: true });

const names = () => Promise.resolve([{ value: 'payments', description: 'Running' }]);
const values = async (...words: string[]): Promise<string[]> =>
  (await complete(program, words, names)).candidates.map(({ value }) => value);

describe('the last word may become', () => {
  test.each<[string[], string[]]>([
    [[''], ['get', 'plan', 'receipt', 'completion', 'help']],
    [['pl'], ['plan']],
    [
      ['receipt', ''],
      ['key', 'verify', 'help'],
    ],
    [
      ['get', '-'],
      ['--all-namespaces', '--output', '--namespace', '--help'],
    ],
    [['get', '--o'], ['--output']],
    [
      ['get', '-o', ''],
      ['json', 'yaml'],
    ],
    [['get', '-o', 'y'], ['yaml']],
    [['get', '-n', ''], []],
    [['get', '-A', ''], ['payments']],
    [['get', '-n', 'ns', 'a', 'pay'], ['payments']],
    [['get', '--', '-'], []],
    [['get', 'x'], []],
    [['completion', 'z'], ['zsh']],
    [['completion', 'zsh', ''], []],
    [['plan', ''], []],
  ])('%j: %j', async (words, wanted) => expect(await values(...words)).toEqual(wanted));

  test('the name of a file', async () => {
    const files = async (...words: string[]): Promise<boolean> =>
      (await complete(program, words, names)).files;
    expect(await files('plan', '-f', 'a')).toBe(true);
    expect(await files('receipt', 'verify', 'a')).toBe(true);
    expect(await files('get', '-n', 'a')).toBe(false);
    expect(await files('plan', '-f', 'a', '-')).toBe(false);
  });

  test('a command with what it is for', async () => {
    expect((await complete(program, ['ge'], names)).candidates).toEqual([
      { value: 'get', description: 'Lists.' },
    ]);
  });
});
