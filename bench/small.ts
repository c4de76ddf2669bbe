import pLimit from 'p-limit';
import { expectRows } from './bound.ts';
import type { Figure } from './figures.ts';
import { log } from './log.ts';
import { paymentsFile } from './payments.ts';
import { maskedCopy } from './specs.ts';
import { withSystem, type System } from './system.ts';

const ROWS = 100;
/** Transfers after which memory must not grow any more. */
const SETTLED = 200;
const PARALLEL_CREATES = 16;
const WARM_UP = 'warm-up';

/** Many small transfers that are asked for at once; one worker. */
export async function benchSmall(options: { transfers: number }): Promise<void> {
  if (options.transfers <= SETTLED)
    throw new Error(
      `--transfers: ${options.transfers} is too few; memory is compared after ${SETTLED} and at the end`,
    );
  await withSystem(async (system) => {
    await system.store.put('in/100.csv', await paymentsFile(ROWS));
    return measure(system, options.transfers);
  });
}

async function measure({ store, runner, meter, cpu }: System, transfers: number): Promise<Figure[]> {
  const spec = (name: string): object => maskedCopy(store.access, 'in/100.csv', `out/${name}.parquet`);
  await runner.run(WARM_UP, spec(WARM_UP));
  const names = Array.from({ length: transfers }, (_, index) => `small-${index}`);
  const before = cpu();
  const began = performance.now();
  const created = pLimit(PARALLEL_CREATES).map(names, (name) => runner.create(name, spec(name)));
  created.catch(() => undefined);
  let settled = NaN;
  let done = 0;
  for await (const { name, status } of runner.succeeding()) {
    if (name === WARM_UP) continue;
    expectRows(name, status.numRecords, ROWS);
    done += 1;
    if (done === SETTLED) settled = meter.resident();
    if (done === transfers) break;
  }
  const seconds = (performance.now() - began) / 1000;
  const end = meter.resident();
  const used = Object.entries(cpu()).map(([name, after]) => ({
    name,
    ms: (1000 * (after - before[name]!)) / transfers,
  }));
  await created;
  log(
    `${transfers} transfers: ${seconds.toFixed(1)} s; ${settled.toFixed(0)} MiB after ${SETTLED}, ${end.toFixed(0)} MiB`,
  );
  return [
    ...used.map(({ name, ms }) => ({ name: `small.cpu.${name}`, value: ms, unit: 'ms' as const })),
    { name: 'small.cpu', value: used.reduce((sum, { ms }) => sum + ms, 0), unit: 'ms' },
    { name: 'small.rate', value: transfers / seconds, unit: 'transfers/s', aim: { value: 20, at: 'least' } },
    { name: 'small.rss', value: end, unit: 'MiB' },
    { name: 'small.memory', value: end / settled, unit: 'x', aim: { value: 1.1, at: 'most' } },
  ];
}
