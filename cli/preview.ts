import { Command, InvalidArgumentError, Option } from 'commander';
import { connectionTo, type BatchContext } from '../activities/batch/context.ts';
import { runSecrets } from '../activities/batch/run-secrets.ts';
import type { Preview } from '../activities/batch/preview.ts';
import { replanning } from '../activities/batch/replanning.ts';
import type { Transfer } from '../workflows/contract.ts';
import { parseCount } from '../worker/config.ts';
import { withLocalEngine } from './local-engine.ts';
import { outputOption, print, type OutputFormat } from './output.ts';
import { newRun } from './plan.ts';
import { previewText, shortfall } from './preview-text.ts';
import { printable } from './table.ts';
import { PROGRAM } from './program.ts';
import { readTransfer } from './transfer-file.ts';

const ROWS = 20;
const MOST_ROWS = 10_000;
/** Has no effect: a preview has chunks of its own size. */
const CHUNK_BYTES = 2 ** 20;

interface Options {
  file: string;
  output: OutputFormat;
  rows: number;
}

/** `ddc preview`: the first rows that a BatchTransfer would write. */
export function previewCommand(): Command {
  return new Command('preview')
    .description(
      'Shows the first rows that a BatchTransfer would write; writes nothing, needs neither Kubernetes nor Temporal.',
    )
    .requiredOption('-f, --file <file>', 'resource in YAML or JSON; - is standard input')
    .addOption(
      new Option('--rows <count>', `how many rows, at most ${MOST_ROWS}`).argParser(parseRows).default(ROWS),
    )
    .addOption(outputOption())
    .addHelpText(
      'after',
      `
Examples:
  ${PROGRAM} preview -f payments.yaml
  ${PROGRAM} preview -f payments.yaml --rows 100 -o json | jq -r '.rows[][0]'

Values are texts, as a CSV object would hold them. Only the begin of the source is read, at most 64 MiB of it unless
one chunk is larger.`,
    )
    .action(showRows);
}

async function showRows({ file, output, rows }: Options): Promise<void> {
  const { transfer, warnings, ...access } = await readTransfer(file);
  const found = await withLocalEngine(access, CHUNK_BYTES, (context, signal) =>
    previewOf(context, transfer, rows, signal),
  );
  const shown: Preview = { ...found, warnings: [...warnings, ...found.warnings] };
  print(output, shown, () => previewText(shown));
  for (const note of [...shown.warnings, ...shortfall(shown, rows)]) console.error(`ddc: ${printable(note)}`);
}

async function previewOf(
  context: BatchContext,
  transfer: Transfer,
  rows: number,
  signal: AbortSignal,
): Promise<Preview> {
  const run = newRun(transfer);
  const source = await connectionTo(context, transfer, 'source');
  const destination = await connectionTo(context, transfer, 'destination');
  const secrets = await runSecrets(context.secrets, run, destination);
  return replanning((hints) =>
    context.pool.run<Preview>(
      { type: 'preview', run, hints, rows, source, destination, secrets },
      run.runId,
      signal,
    ),
  );
}

function parseRows(text: string): number {
  const rows = parseCount(text);
  if (rows > MOST_ROWS) throw new InvalidArgumentError(`Expected at most ${MOST_ROWS}.`);
  return rows;
}
