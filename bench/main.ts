import { Command } from 'commander';
import { parseBytes } from '../worker/config.ts';
import { benchBatch } from './batch.ts';

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

await program.parseAsync();
