import { statfs } from 'node:fs/promises';
import { paymentsCsv } from '../deploy/local/payments.ts';
import { expectRows } from './bound.ts';
import { median, type Figure } from './figures.ts';
import { log } from './log.ts';
import { rowsFor } from './payments.ts';
import { maskedCopy } from './specs.ts';
import { withSystem, type System } from './system.ts';

const TIMES = 10;
/** Source, result, and what the store needs to put an object together from its parts, of the large source's size. */
const DISK_SHARE = 2.5;

/** Ten times the rows: ten times as long, in the same memory. */
export async function benchScale(options: { bytes: number; runs: number }): Promise<void> {
  const rows = rowsFor(options.bytes);
  await withSystem(async (system) => {
    await expectFree(system.dir, options.bytes * TIMES * DISK_SHARE);
    for (const [name, count] of [
      ['small', rows],
      ['large', rows * TIMES],
    ] as const) {
      log(`${name}: generating ${count} payments into the store`);
      await system.store.stream(`in/${name}.csv`, paymentsCsv(count));
    }
    const small = [];
    for (let run = 0; run < options.runs; run += 1) small.push(await copy(system, 'small', run, rows));
    const large = await copy(system, 'large', 0, rows * TIMES);
    const seconds = median(small.map((each) => each.seconds));
    const mib = Math.max(...small.map((each) => each.mib));
    const figures: Figure[] = [
      { name: 'scale.wall', value: large.seconds, unit: 's' },
      { name: 'scale.time', value: large.seconds / seconds, unit: 'x', aim: { value: 10.5, at: 'most' } },
      { name: 'scale.peak-rss', value: large.mib, unit: 'MiB' },
      { name: 'scale.memory', value: large.mib / mib, unit: 'x', aim: { value: 1.1, at: 'most' } },
    ];
    return figures;
  });
}

async function copy(
  { store, runner, meter }: System,
  source: string,
  run: number,
  rows: number,
): Promise<{ seconds: number; mib: number }> {
  const key = `out/${source}-${run}.parquet`;
  meter.takePeak();
  const spec = maskedCopy(store.access, `in/${source}.csv`, key);
  const { seconds, status } = await runner.run(`${source}-${run}`, spec);
  const mib = meter.takePeak();
  expectRows(source, status.numRecords, rows);
  await store.delete(key);
  log(`${rows} rows: ${seconds.toFixed(1)} s, ${mib.toFixed(0)} MiB`);
  return { seconds, mib };
}

async function expectFree(dir: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(dir);
  const free = bavail * bsize;
  if (free < bytes)
    throw new Error(
      `${dir}: ${(free / 1e9).toFixed(1)} GB are free, and ${(bytes / 1e9).toFixed(1)} GB are needed; free some, or take a smaller --bytes`,
    );
}
