import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { obtain } from '../deploy/local/obtain.ts';
import { secondsOf } from './bound.ts';
import { median, type Figure } from './figures.ts';
import { log } from './log.ts';
import { paymentsFile, rowsFor } from './payments.ts';
import { plainCopy } from './specs.ts';
import { accessOf, BenchStore, BUCKET, type Access } from './store.ts';
import { withSystem, type System } from './system.ts';

const SOURCE = 'in/all.bin';

/** An object from one S3 server to another of another make, byte for byte, in turn with rclone at its defaults. */
export async function benchBinary(options: { bytes: number; runs: number }): Promise<void> {
  const rclone = await obtain('rclone', { env: process.env, log });
  const file = await paymentsFile(rowsFor(options.bytes));
  await withSystem(
    async (system) => {
      const target = new BenchStore(accessOf(system.environment, 'DDC_MINIO'));
      try {
        await target.createBucket();
        await system.store.put(SOURCE, file);
        return await compare(system, target, rclone, options.runs);
      } finally {
        target.close();
      }
    },
    ['minio'],
  );
}

async function compare(
  { store, runner, dir }: System,
  target: BenchStore,
  rclone: string,
  runs: number,
): Promise<Figure[]> {
  const megabytes = (await store.size(SOURCE)) / 1e6;
  const expected = await store.digest(SOURCE);
  const pairs: { seconds: number; peer: number }[] = [];
  for (let run = 0; run < runs; run += 1) {
    const [key, other] = [`out/${run}.bin`, `peer/${run}.bin`];
    const spec = plainCopy({ access: store.access, key: SOURCE }, { access: target.access, key }, 'binary');
    const { seconds } = await runner.run(`binary-${run}`, spec);
    const peer = await secondsOf(() => copyWithRclone(rclone, dir, store.access, target.access, other));
    for (const each of [key, other]) {
      if ((await target.digest(each)) !== expected) throw new Error(`${each} differs from ${SOURCE}`);
      await target.delete(each);
    }
    log(`${megabytes.toFixed(0)} MB: ${seconds.toFixed(1)} s; rclone ${peer.toFixed(1)} s`);
    pairs.push({ seconds, peer });
  }
  const aim = { value: 0.9, at: 'least' } as const;
  const rate = (value: (pair: { seconds: number; peer: number }) => number): number =>
    megabytes / median(pairs.map(value));
  return [
    { name: 'binary.throughput', value: rate(({ seconds }) => seconds), unit: 'MB/s' },
    { name: 'binary.rclone', value: rate(({ peer }) => peer), unit: 'MB/s' },
    {
      name: 'binary.against-rclone',
      value: median(pairs.map(({ seconds, peer }) => peer / seconds)),
      unit: 'x',
      aim,
    },
  ];
}

async function copyWithRclone(
  rclone: string,
  dir: string,
  source: Access,
  target: Access,
  key: string,
): Promise<void> {
  const remote = (name: string, { endpoint, accessKey, secretKey }: Access): [string, string][] =>
    Object.entries({
      TYPE: 's3',
      PROVIDER: 'Other',
      ENDPOINT: endpoint,
      ACCESS_KEY_ID: accessKey,
      SECRET_ACCESS_KEY: secretKey,
      REGION: 'us-east-1',
    }).map(([option, value]) => [`RCLONE_CONFIG_${name}_${option}`, value]);
  const env = Object.fromEntries([...remote('SOURCE', source), ...remote('TARGET', target)]);
  await promisify(execFile)(rclone, ['copyto', `source:${BUCKET}/${SOURCE}`, `target:${BUCKET}/${key}`], {
    env: { HOME: dir, ...env },
  });
}
