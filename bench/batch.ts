import { stat } from 'node:fs/promises';
import { boundOf, expectRows } from './bound.ts';
import { median, type Figure } from './figures.ts';
import { log } from './log.ts';
import { paymentsFile, rowsFor } from './payments.ts';
import { maskedCopy } from './specs.ts';
import { withSystem, type System } from './system.ts';

const SMALL_RUNS = 10;

/** The whole system, CSV to Parquet with the demo's transformations, in turn with the bound. */
export async function benchBatch(options: { bytes: number; runs: number }): Promise<void> {
  const rows = rowsFor(options.bytes);
  const file = await paymentsFile(rows);
  const { size } = await stat(file);
  await withSystem(async (system) => {
    await system.store.put('in/all.csv', file);
    const { copy, warm } = copier(system);
    await warm();
    const small = [await repeated(copy, 100), await repeated(copy, 100_000)];
    const pairs = [];
    for (let run = 0; run < options.runs; run += 1) {
      system.meter.takePeak();
      const cpu = system.meter.cpuSeconds();
      const seconds = await copy(`all-${run}`, 'all', rows);
      const used = { mib: system.meter.takePeak(), cpu: system.meter.cpuSeconds() - cpu };
      const bound = await boundOf(system, { key: 'in/all.csv', from: 'csv', to: 'parquet', rows });
      log(
        `${(size / 1e6).toFixed(0)} MB: ${seconds.toFixed(1)} s, ${used.cpu.toFixed(1)} CPU s, ${used.mib.toFixed(0)} MiB; ` +
          `GET ${bound.get.toFixed(1)} + DuckDB ${bound.engine.toFixed(1)} + PUT ${bound.put.toFixed(1)} s`,
      );
      pairs.push({ seconds, ...used, bound });
    }
    return figures(size, small, pairs);
  });
}

type Copy = (name: string, source: string, rows: number) => Promise<number>;

function copier({ runner, store }: System): { copy: Copy; warm: () => Promise<void> } {
  const copy: Copy = async (name, source, rows) => {
    const { seconds, status } = await runner.run(
      name,
      maskedCopy(store.access, `in/${source}.csv`, `out/${name}.parquet`),
    );
    expectRows(name, status.numRecords, rows);
    return seconds;
  };
  return {
    copy,
    async warm() {
      for (const rows of [100, 100_000]) await store.put(`in/${rows}.csv`, await paymentsFile(rows));
      await copy('warm-up', '100', 100);
    },
  };
}

async function repeated(copy: Copy, rows: number): Promise<number> {
  const seconds = [];
  for (let run = 0; run < SMALL_RUNS; run += 1)
    seconds.push(await copy(`small-${rows}-${run}`, `${rows}`, rows));
  return median(seconds);
}

function figures(
  size: number,
  [small = NaN, medium = NaN]: number[],
  pairs: { seconds: number; mib: number; cpu: number; bound: Awaited<ReturnType<typeof boundOf>> }[],
): Figure[] {
  const of = (value: (pair: (typeof pairs)[number]) => number): number => median(pairs.map(value));
  const wall = of(({ seconds }) => seconds);
  return [
    { name: 'batch.apply-to-succeeded.100-rows', value: small, unit: 's', aim: { value: 1, at: 'most' } },
    { name: 'batch.apply-to-succeeded.100000-rows', value: medium, unit: 's', aim: { value: 2, at: 'most' } },
    { name: 'batch.wall', value: wall, unit: 's' },
    { name: 'batch.cpu', value: of(({ cpu }) => cpu), unit: 's' },
    { name: 'batch.throughput', value: size / 1e6 / wall, unit: 'MB/s' },
    { name: 'batch.get', value: of(({ bound }) => bound.get), unit: 's' },
    { name: 'batch.duckdb-alone', value: of(({ bound }) => bound.engine), unit: 's' },
    { name: 'batch.put', value: of(({ bound }) => bound.put), unit: 's' },
    {
      name: 'batch.against-get-duckdb-put',
      value: of(({ seconds, bound }) => seconds / bound.sum),
      unit: 'x',
      aim: { value: 1.15, at: 'most' },
    },
    {
      name: 'batch.peak-rss',
      value: Math.max(...pairs.map(({ mib }) => mib)),
      unit: 'MiB',
      aim: { value: 1024, at: 'most' },
    },
  ];
}
