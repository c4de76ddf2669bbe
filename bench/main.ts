import { Command } from 'commander';
import { parseBytes } from '../worker/config.ts';
import { benchBatch } from './batch.ts';
import { benchBinary } from './binary.ts';
import { benchControl } from './control.ts';
import { benchDigests } from './digests.ts';
import { benchFormats } from './formats.ts';
import { benchPeers } from './peers/peers.ts';
import { benchScale } from './scale.ts';
import { benchSmall } from './small.ts';

/** `npm run bench -- <name>`: each benchmark closes with one BENCH line for each figure with an aim, and one NOTE line for the others. */
const program = new Command('bench').description(
  'Benchmarks; quote ratios of one run, never one absolute time.',
);

const benchmark = (name: string, description: string, runs: number): Command =>
  program
    .command(name)
    .description(description)
    .option('--runs <count>', 'medians are reported', Number, runs);

/** 628 MB is what the aims were set for. */
const copying = (name: string, description: string): Command =>
  benchmark(name, description, 3).option(
    '--bytes <size>',
    'size of the payments as CSV',
    parseBytes,
    628_000_000,
  );

copying(
  'batch',
  'payments CSV -> Parquet through the whole system, beside a GET, one DuckDB process on local files and a PUT',
).action(benchBatch);
copying('peers', 'the same beside Spark local[2] with S3A, and dlt').action(benchPeers);
copying('formats', 'payments between other formats')
  .option('--only <pairs>', 'of them, e.g. parquet-orc,orc-parquet', (pairs) => pairs.split(','))
  .action(benchFormats);
copying('scale', 'payments CSV -> Parquet, and ten times as many').action(benchScale);
copying('binary', 'an object from one S3 server to another, byte for byte, beside rclone').action(
  benchBinary,
);

benchmark('digests', 'digests, encryption and redaction of values of 20 bytes on one core', 3)
  .option('--values <count>', 'how many values; a tenth where it is slow', Number, 1_000_000)
  .action(benchDigests);

program
  .command('small')
  .description('many transfers of 100 rows that are asked for at once')
  .option('--transfers <count>', 'how many', Number, 1_000)
  .action(benchSmall);

program
  .command('control')
  .description(
    'an operator that starts among many resources, and idles; small copies from apply to Succeeded',
  )
  .option('--resources <count>', 'how many; half of them have a schedule', Number, 2_000)
  .option('--copies <count>', 'how many are timed', Number, 200)
  .option('--at-once <count>', 'of them', Number, 20)
  .action(benchControl);

await program.parseAsync();
