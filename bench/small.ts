import { setTimeout as delay } from 'node:timers/promises';
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
const POLL_MS = 200;

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

async function measure({ store, runner, meter }: System, transfers: number): Promise<Figure[]> {
  const spec = (name: string): object => maskedCopy(store.access, 'in/100.csv', `out/${name}.parquet`);
  await runner.run('warm-up', spec('warm-up'));
  const names = Array.from({ length: transfers }, (_, index) => `small-${index}`);
  const began = performance.now();
  const created = pLimit(PARALLEL_CREATES).map(names, (name) => runner.create(name, spec(name)));
  let settled: number | undefined;
  for (let done = 0; done < transfers;) {
    await delay(POLL_MS);
    // the warm-up is one of them
    done = (await runner.succeeded()).length - 1;
    if (done >= SETTLED) settled ??= meter.resident();
  }
  const seconds = (performance.now() - began) / 1000;
  const end = meter.resident();
  await created;
  for (const { name, rows } of await runner.succeeded()) expectRows(name, rows, ROWS);
  log(
    `${transfers} transfers: ${seconds.toFixed(1)} s; ${settled!.toFixed(0)} MiB after ${SETTLED}, ${end.toFixed(0)} MiB`,
  );
  return [
    { name: 'small.rate', value: transfers / seconds, unit: 'transfers/s', aim: { value: 20, at: 'least' } },
    { name: 'small.rss', value: end, unit: 'MiB' },
    { name: 'small.memory', value: end / settled!, unit: 'x', aim: { value: 1.1, at: 'most' } },
  ];
}
