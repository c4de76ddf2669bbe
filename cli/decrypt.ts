import { Command, Option } from 'commander';
import { DIGITS } from '../activities/transforms/encryption/ff1.ts';
import { decryptColumns, decryption } from './decrypt-columns.ts';
import { convertFile } from './convert-file.ts';
import { readKeys } from './key-file.ts';

interface Options {
  keyFile: string;
  column: string[];
  in: string;
  out: string;
  format?: string;
  ff1: boolean;
  alphabet: string;
  binary: boolean;
}

/** `ddc decrypt`: the inverse of EncryptColumns for local files. */
export function decryptCommand(): Command {
  return new Command('decrypt')
    .description('Decrypts columns of a local file that EncryptColumns has encrypted.')
    .requiredOption(
      '--key-file <file>',
      'keys, one a line: `[<key id>:]<32 bytes in base64 or hex>`; - reads them from standard input',
    )
    .addOption(
      new Option('--column <name>', 'column to decrypt, or path of a nested one; may be repeated')
        .argParser((name: string, before: string[]) => [...before, name])
        .default([], 'none')
        .makeOptionMandatory(),
    )
    .option('--in <file>', 'file to read; - is standard input', '-')
    .option('--out <file>', 'file to write; - is standard output', '-')
    .option('--format <name>', "format of both; by default by the file's name")
    .option('--ff1', 'the values were encrypted with FF1, by the first of the keys', false)
    .option('--alphabet <characters>', 'with --ff1: as in the transfer', DIGITS)
    .option('--binary', 'the values are binary and not text', false)
    .action(decrypt);
}

async function decrypt({ column, ...options }: Options, command: Command): Promise<void> {
  if (column.length === 0) command.error('error: name a column by --column');
  if (options.keyFile === '-' && options.in === '-')
    command.error('error: only one of --key-file and --in can be standard input');
  const keys = await readKeys(options.keyFile);
  const kind = options.ff1
    ? ({ kind: 'ff1', alphabet: options.alphabet } as const)
    : ({ kind: options.binary ? 'binary' : 'text' } as const);
  const rows = await convertFile(options, {
    transforms: [decryptColumns(kind.kind)],
    transformations: [{ action: 'DecryptColumns', columns: column, options: {} }],
    functions: [decryption(kind, keys)],
  });
  console.error(`ddc: ${rows} rows`);
}
