import { Command } from 'commander';
import { parseBytes } from '../worker/config.ts';
import { benchBatch } from './batch.ts';
import { benchDigests } from './digests.ts';

/** `npm run bench -- <name>`: each benchmark closes with one BENCH line for each figure with an aim, and one NOTE line for the others. */
const program = new Command('bench').description(
  'Benchmarks; quote ratios of one run, never one absolute time.',
);

program
  .command('batch')
  .description('payments CSV -> Parquet through the whole system, beside one DuckDB process on local files')
  .option('--bytes <size>', 'size of the CSV', parseBytes, 628_000_000)
  .option('--runs <count>', 'pairs of runs; medians are reported', Number, 3)
  .action(benchBatch);

program
  .command('digests')
  .description('digests, encryption and redaction of values of 20 bytes on one core')
  .option('--values <count>', 'how many values; a tenth where it is slow', Number, 1_000_000)
  .option('--runs <count>', 'medians are reported', Number, 3)
  .action(benchDigests);

await program.parseAsync();
