import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { Command, Option } from 'commander';
import { reportPlan } from '../activities/batch/report-plan.ts';
import { TransferError } from '../activities/failures.ts';
import type { Run, Transfer } from '../workflows/contract.ts';
import type { PlanReport } from '../workflows/contract/plan-report.ts';
import { parseBytes, parseCount } from '../worker/config.ts';
import { withLocalEngine } from './local-engine.ts';
import { outputOption, print, type OutputFormat } from './output.ts';
import { planText } from './plan-text.ts';
import { PROGRAM } from './program.ts';
import { readTransfer } from './transfer-file.ts';

const CHUNK_BYTES = 64 * 2 ** 20;

interface Options {
  file: string;
  output: OutputFormat;
  chunkBytes: number;
  parallelChunks: number;
  receiptPrefix?: string;
}

/** `ddc plan`: what a BatchTransfer would do, without doing it. */
export function planCommand(): Command {
  return new Command('plan')
    .description('Says what a BatchTransfer would do; writes nothing, needs neither Kubernetes nor Temporal.')
    .requiredOption('-f, --file <file>', 'resource in YAML or JSON; - is standard input')
    .addOption(outputOption())
    .addOption(
      new Option('--chunk-bytes <size>', "source bytes per chunk, as the workers' DDC_CHUNK_BYTES")
        .env('DDC_CHUNK_BYTES')
        .argParser(parseBytes)
        .default(CHUNK_BYTES, '64Mi'),
    )
    .addOption(
      new Option('--parallel-chunks <count>', "the worker's DDC_PARALLEL_CHUNKS, for the estimated time")
        .env('DDC_PARALLEL_CHUNKS')
        .argParser(parseCount)
        .default(availableParallelism(), 'number of cores'),
    )
    .addOption(
      new Option(
        '--receipt-prefix <prefix>',
        "the worker's DDC_RECEIPT_PREFIX, where the resource names none",
      ).env('DDC_RECEIPT_PREFIX'),
    )
    .addHelpText(
      'after',
      `
Examples:
  ${PROGRAM} plan -f payments.yaml
  ${PROGRAM} plan -f payments.yaml -o json | jq .destination.columns
  kubectl get bt payments -o yaml | ${PROGRAM} plan -f -

Exit code: 0 when the transfer can run as far as can be known without writing, else 1.`,
    )
    .action(plan);
}

async function plan({ file, output, chunkBytes, parallelChunks, receiptPrefix }: Options): Promise<void> {
  const receipts = receiptPrefix === undefined ? {} : { prefix: receiptPrefix };
  const { transfer, warnings, ...access } = await readTransfer(file);
  const report = await withLocalEngine(access, chunkBytes, (context, signal) =>
    reportPlan({ ...context, receipts }, newRun(transfer), parallelChunks, signal),
  );
  const all: PlanReport = { ...report, warnings: [...warnings, ...report.warnings] };
  print(output, all, () => planText(all, transfer));
  const denied = report.permissions.filter(({ outcome }) => outcome === 'denied');
  if (denied.length === 0) return;
  const missing = denied.map(({ request, location }) => `${request} ${location}`).join(', ');
  throw new TransferError('AccessDenied', `the transfer would fail: not allowed are ${missing}`);
}

/** A run that is never started. */
export function newRun(transfer: Transfer): Run {
  return { transfer, runId: randomUUID(), epoch: 0, startedAt: new Date().toISOString() };
}
