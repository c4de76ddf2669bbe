import { execFileSync } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { connectS3 } from '../activities/stores/s3/s3-store.ts';
import { startController } from '../deploy/local/controller.ts';
import { paymentsCsv } from '../deploy/local/payments.ts';
import { startServers } from '../deploy/local/start.ts';
import { figureLine, median, type Figure } from './figures.ts';
import { localDuckdb } from './local-duckdb.ts';
import { MemoryMeter } from './memory.ts';
import { transferRunner } from './transfers.ts';
import { controllerEnvironment } from './settings.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const NAMESPACE = 'bench';
const BUCKET = 'bench';
/** Of generated payments, on average. */
const BYTES_PER_ROW = 81;
const SMALL_RUNS = 10;
const log = (line: string): void => console.error(line);

/** The whole system, CSV to Parquet with the demo's transformations, in turn with one DuckDB on local files. */
export async function benchBatch(options: { bytes: number; runs: number }): Promise<void> {
  const dir = join(ROOT, '.ddc', `bench-${process.pid}`);
  mkdirSync(dir, { recursive: true });
  const servers = await startServers(['temporal', 'kubernetes', 's3'], { dir, env: process.env, log });
  try {
    const figures = await measure(options, dir, servers.environment);
    for (const figure of figures) console.log(figureLine(figure));
    process.exitCode = 0;
  } finally {
    await servers.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function measure(
  options: { bytes: number; runs: number },
  dir: string,
  environment: Record<string, string>,
): Promise<Figure[]> {
  const kubeconfig = environment['KUBECONFIG']!;
  const crds = ['--kubeconfig', kubeconfig, 'apply', '--server-side', '-f', join(ROOT, 'deploy', 'crds')];
  execFileSync(environment['DDC_KUBECTL']!, crds);
  const file = await sample(Math.round(options.bytes / BYTES_PER_ROW));
  const { size } = statSync(file);
  await upload(environment, {
    'in/100.csv': await sample(100),
    'in/100000.csv': await sample(100_000),
    'in/all.csv': file,
  });

  const runner = await transferRunner(kubeconfig, NAMESPACE);
  const controller = {
    dir,
    environment: {
      ...controllerEnvironment(environment, process.env),
      DDC_SCRATCH_DIR: join(dir, 'scratch'),
    },
  };
  const worker = await startController('worker', controller);
  const operator = await startController('operator', controller);
  const memory = new MemoryMeter(worker.pid);
  try {
    const copy = (name: string, key: string) =>
      runner.run(name, transferSpec(environment, `in/${key}.csv`, `out/${name}.parquet`));
    await copy('warm-up', '100');
    const small = [];
    const medium = [];
    for (let run = 0; run < SMALL_RUNS; run += 1) {
      small.push((await copy(`small-${run}`, '100')).seconds);
      medium.push((await copy(`medium-${run}`, '100000')).seconds);
    }
    const pairs = [];
    for (let run = 0; run < options.runs; run += 1) {
      memory.take();
      const { seconds, status } = await copy(`all-${run}`, 'all');
      const mib = memory.take();
      const bound = await localDuckdb(file, join(dir, 'local.parquet'));
      log(
        `${(size / 1e6).toFixed(0)} MB, ${status.numRecords} rows: ${seconds.toFixed(1)} s, ${mib.toFixed(0)} MiB; DuckDB alone ${bound.toFixed(1)} s`,
      );
      pairs.push({ seconds, mib, bound });
    }
    const wall = median(pairs.map((pair) => pair.seconds));
    return [
      {
        name: 'batch.apply-to-succeeded.100-rows',
        value: median(small),
        unit: 's',
        aim: { value: 1, at: 'most' },
      },
      {
        name: 'batch.apply-to-succeeded.100000-rows',
        value: median(medium),
        unit: 's',
        aim: { value: 2, at: 'most' },
      },
      { name: 'batch.wall', value: wall, unit: 's' },
      { name: 'batch.throughput', value: size / 1e6 / wall, unit: 'MB/s' },
      { name: 'batch.duckdb-alone', value: median(pairs.map((pair) => pair.bound)), unit: 's' },
      {
        name: 'batch.against-duckdb-alone',
        value: median(pairs.map((pair) => pair.seconds / pair.bound)),
        unit: 'x',
        aim: { value: 2, at: 'most' },
      },
      {
        name: 'batch.peak-rss',
        value: Math.max(...pairs.map((pair) => pair.mib)),
        unit: 'MiB',
        aim: { value: 1024, at: 'most' },
      },
    ];
  } finally {
    memory.stop();
    await operator.stop();
    await worker.stop();
  }
}

/** A file of generated payments; kept for the next run. */
async function sample(rows: number): Promise<string> {
  const directory = join(ROOT, '.ddc', 'bench-data');
  const file = join(directory, `payments-${rows}.csv`);
  if (existsSync(file)) return file;
  mkdirSync(directory, { recursive: true });
  log(`generating ${rows} payments`);
  await pipeline(Readable.from(paymentsCsv(rows)), createWriteStream(`${file}.part`));
  renameSync(`${file}.part`, file);
  return file;
}

async function upload(environment: Record<string, string>, files: Record<string, string>): Promise<void> {
  const endpoint = environment['DDC_S3_ENDPOINT']!;
  const accessKey = environment['DDC_S3_ACCESS_KEY']!;
  const secretKey = environment['DDC_S3_SECRET_KEY']!;
  const client = new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
  });
  await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
  client.destroy();
  const store = connectS3({ endpoint, bucket: BUCKET, credentials: { accessKey, secretKey } });
  for (const [key, file] of Object.entries(files))
    await store.put(key, { file, start: 0, end: statSync(file).size });
  store.close();
}

function transferSpec(environment: Record<string, string>, from: string, to: string): object {
  const side = (objectKey: string): object => ({
    s3: {
      endpoint: environment['DDC_S3_ENDPOINT'],
      bucket: BUCKET,
      objectKey,
      accessKey: environment['DDC_S3_ACCESS_KEY'],
      secretKey: environment['DDC_S3_SECRET_KEY'],
    },
  });
  return {
    source: side(from),
    destination: side(to),
    transformation: [
      {
        action: 'RedactColumns',
        columns: ['nameOrig', 'oldbalanceOrg', 'newbalanceOrig'],
        options: { redactValue: 'XXXXX' },
      },
      { action: 'DigestColumns', columns: ['nameDest'], options: { algo: 'md5' } },
    ],
  };
}
