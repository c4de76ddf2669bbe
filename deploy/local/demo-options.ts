import { Command, InvalidArgumentError } from 'commander';

export interface DemoOptions {
  keep: boolean;
  rows: number;
  kubeconfig?: string;
  temporal?: string;
  s3?: string;
}

/** Exits on `--help` and on bad arguments. */
export function readDemoOptions(argv: string[]): DemoOptions {
  return new Command('demo')
    .description(
      'Copies a sample of payments from CSV to Parquet, redacted, through real servers: Kubernetes API, Temporal, S3.\n' +
        'Whatever you do not name is started on this machine for the demo and removed after it.',
    )
    .usage('[-- options]')
    .option('--keep', 'leave everything running until Ctrl-C', false)
    .option('--rows <count>', 'rows of the sample', rowCount, 100_000)
    .option('--kubeconfig <file>', 'use this cluster (its current context)')
    .option('--temporal <host:port>', 'use this Temporal')
    .option(
      '--s3 <endpoint>',
      'use this S3 store, with the keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
    )
    .parse(argv)
    .opts<DemoOptions>();
}

function rowCount(text: string): number {
  const rows = Number(text);
  if (!Number.isInteger(rows) || rows < 0) throw new InvalidArgumentError('Expected a whole number of rows.');
  return rows;
}
