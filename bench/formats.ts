import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { boundOf, expectRows } from './bound.ts';
import { median, type Figure } from './figures.ts';
import { localDuckdb, type EngineFormat } from './local-duckdb.ts';
import { log } from './log.ts';
import { paymentsFile, rowsFor } from './payments.ts';
import { maskedCopy, plainCopy } from './specs.ts';
import { withSystem, type System } from './system.ts';

const PAIRS: readonly [EngineFormat, EngineFormat][] = [
  ['parquet', 'parquet'],
  ['json', 'parquet'],
  ['csv', 'csv'],
];
const ORC_PAIRS = [
  ['parquet', 'orc'],
  ['orc', 'parquet'],
] as const;
/** MB of ORC's text form (the CSV) a second of CPU time. */
const ORC_AIM = 40;

/** Formats against the bound; ORC, which the engine does not have, by the CPU time that it takes. */
export async function benchFormats(options: { bytes: number; runs: number; only?: string[] }): Promise<void> {
  const { only } = options;
  const wanted = ([from, to]: readonly string[]): boolean => only?.includes(`${from}-${to}`) ?? true;
  const rows = rowsFor(options.bytes);
  const csv = await paymentsFile(rows);
  const { size } = await stat(csv);
  await withSystem(async (system) => {
    await prepare(system, csv);
    const figures: Figure[] = [];
    for (const pair of PAIRS.filter(wanted))
      figures.push(await againstBound(system, pair, rows, options.runs));
    for (const pair of ORC_PAIRS.filter(wanted))
      figures.push(...(await perCore(system, pair, { rows, size }, options.runs)));
    return figures;
  });
}

/** The same rows in every format. */
async function prepare({ dir, store, runner }: System, csv: string): Promise<void> {
  await store.put('in/all.csv', csv);
  for (const format of ['json', 'parquet'] as const) {
    const file = join(dir, `all.${format}`);
    await localDuckdb({ from: { format: 'csv', file: csv }, to: { format, file }, masked: false });
    await store.put(`in/all.${format}`, file);
  }
  const { access } = store;
  await runner.run('make-orc', plainCopy({ access, key: 'in/all.csv' }, { access, key: 'in/all.orc' }));
}

async function againstBound(
  system: System,
  [from, to]: readonly [EngineFormat, EngineFormat],
  rows: number,
  runs: number,
): Promise<Figure> {
  const ratios = [];
  for (let run = 0; run < runs; run += 1) {
    const { seconds } = await copy(system, from, to, run, rows);
    const bound = await boundOf(system, { key: `in/all.${from}`, from, to, rows });
    log(`${from} -> ${to}: ${seconds.toFixed(1)} s; GET + DuckDB + PUT ${bound.sum.toFixed(1)} s`);
    ratios.push(seconds / bound.sum);
  }
  const aim = { value: 1.15, at: 'most' } as const;
  return { name: `formats.${from}-${to}.against-get-duckdb-put`, value: median(ratios), unit: 'x', aim };
}

async function perCore(
  system: System,
  [from, to]: readonly ['parquet', 'orc'] | readonly ['orc', 'parquet'],
  { rows, size }: { rows: number; size: number },
  runs: number,
): Promise<Figure[]> {
  const made = [];
  for (let run = 0; run < runs; run += 1) {
    const took = await copy(system, from, to, run, rows);
    log(`${from} -> ${to}: ${took.seconds.toFixed(1)} s, ${took.cpu.toFixed(1)} CPU s`);
    made.push(took);
  }
  const value = median(made.map(({ cpu }) => size / 1e6 / cpu));
  const name = `formats.${from}-${to}`;
  return [
    { name: `${name}.per-core`, value, unit: 'MB/s', aim: { value: ORC_AIM, at: 'least' } },
    { name: `${name}.wall`, value: median(made.map(({ seconds }) => seconds)), unit: 's' },
  ];
}

async function copy(
  { store, runner, meter }: System,
  from: string,
  to: string,
  run: number,
  rows: number,
): Promise<{ seconds: number; cpu: number }> {
  const name = `${from}-${to}-${run}`;
  const before = meter.cpuSeconds();
  const spec = maskedCopy(store.access, `in/all.${from}`, `out/${name}.${to}`);
  const { seconds, status } = await runner.run(name, spec);
  expectRows(name, status.numRecords, rows);
  await store.delete(`out/${name}.${to}`);
  return { seconds, cpu: meter.cpuSeconds() - before };
}
