import { createHash } from 'node:crypto';
import { Command } from 'commander';
import { leaveMemoryOutOfCoreDumps } from '../activities/engine/core-dumps.ts';
import { TransferError } from '../activities/failures.ts';
import { ExitError } from './exit-error.ts';
import { outputOption, print, type OutputFormat } from './output.ts';
import { PROGRAM } from './program.ts';
import { Display } from './run/display.ts';
import type { RunOutcome } from './run/follow.ts';
import { Interruption } from './run/interruption.ts';
import { resultText } from './run/result-text.ts';
import { temporalAddressOption, temporalNamespaceOption } from './temporal.ts';
import { readTransfer } from './transfer-file.ts';

const USAGE = 2;
const INTERRUPTED = 130;

interface Options {
  file: string;
  output: OutputFormat;
  temporalAddress?: string;
  temporalNamespace: string;
}

/** `ddc run`: a BatchTransfer without Kubernetes. */
export function runCommand(): Command {
  return new Command('run')
    .description('Runs a BatchTransfer here and now: without Kubernetes, by a worker of its own.')
    .requiredOption('-f, --file <file>', 'resource in YAML or JSON; - is standard input')
    .addOption(temporalAddressOption())
    .addOption(temporalNamespaceOption())
    .addOption(outputOption())
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : USAGE))
    .addHelpText(
      'after',
      `
Without --temporal-address it starts a Temporal development server for the time of the run. The worker's settings are those
of \`npm run worker -- --help\`, by their environment variables, e.g. DDC_PARALLEL_CHUNKS.

Examples:
  ${PROGRAM} run -f payments.yaml
  ${PROGRAM} run -f payments.yaml -o json | jq .result.statistics
  envsubst < payments.yaml | ${PROGRAM} run -f -

Ctrl-C cancels the run and removes what it has written; another Ctrl-C leaves at once.
Exit code: 0 Succeeded; 1 Fatal or cancelled; 2 the options or the resource are wrong.`,
    )
    .action(run);
}

async function run({ file, output, temporalAddress, temporalNamespace }: Options): Promise<void> {
  leaveMemoryOutOfCoreDumps();
  const given = await readTransfer(file, ownUid).catch((error: unknown) => {
    throw error instanceof TransferError ? new ExitError(USAGE, error.message) : error;
  });
  // a second to load, which usage and refusals need not wait for
  const { runTransfer } = await import('./run/run-transfer.ts');
  const { temporalServer } = await import('./run/temporal-server.ts');
  const display = new Display(process.stderr);
  for (const warning of given.warnings) display.note(`warning: ${warning}`);
  const interruption = new Interruption(() => {
    display.note('left as it is; the next run of the same transfer removes what this one has left');
    process.exit(INTERRUPTED);
  });
  try {
    const server = await temporalServer(temporalAddress, (line) => display.note(line));
    if (server.ui !== undefined) display.note(`Web UI while it runs: ${server.ui}`);
    try {
      const place = { address: server.address, namespace: temporalNamespace };
      const outcome = await runTransfer(given, place, display, interruption.signal);
      display.clear();
      report(outcome, output);
    } finally {
      display.clear();
      await server.stop();
    }
  } finally {
    interruption.close();
  }
}

function report(outcome: RunOutcome, output: OutputFormat): void {
  if (output !== 'text' || outcome.status === 'Succeeded')
    print(output, outcome, () => ('result' in outcome ? resultText(outcome.result) : []));
  if (outcome.status === 'Fatal') throw new ExitError(1, `Fatal: ${outcome.error}`);
  if (outcome.status === 'Cancelled')
    throw new ExitError(1, `cancelled: nothing was published, and what was there before is as it was`);
}

/** The same for every run of a transfer of this name: by it a run recognises what earlier ones have written. */
function ownUid(namespace: unknown, name: unknown): string {
  const hash = createHash('sha256')
    .update(JSON.stringify(['ddc run', namespace, name]))
    .digest('hex');
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(13, 16)}`,
    `8${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join('-');
}
