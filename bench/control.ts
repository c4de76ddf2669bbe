import { setTimeout as delay } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { ResourceStatus } from '../operator/api/status.ts';
import { expectRows } from './bound.ts';
import { percentile, type Figure } from './figures.ts';
import { log } from './log.ts';
import { paymentsFile } from './payments.ts';
import type { ProcessMeter } from './process-meter.ts';
import { maskedCopy } from './specs.ts';
import { withSystem, type System } from './system.ts';

const ROWS = 100;
const PARALLEL_REQUESTS = 16;
/** An operator that uses less of a core, a second long, does nothing but wait. */
const IDLE_SHARE = 0.05;
const IDLE_WINDOW_MS = 1_000;
/** How long an idle operator is watched: several rounds of everything that it does now and then. */
const WATCHED_MS = 60_000;
const PATIENCE_MS = 300_000;

interface Options {
  resources: number;
  copies: number;
  atOnce: number;
}

/** What it costs to keep many resources, and how long a user waits for a small copy. */
export async function benchControl(options: Options): Promise<void> {
  await withSystem(async (system) => {
    await system.store.put('in/100.csv', await paymentsFile(ROWS));
    const figures = await latency(system, options);
    await populate(system, options.resources);
    return [...figures, ...(await restarts(system, options.resources))];
  });
}

/** Copies of 100 rows, so many at once, each timed from its creation to the status Succeeded. */
async function latency({ store, runner }: System, { copies, atOnce }: Options): Promise<Figure[]> {
  const spec = (name: string): object => maskedCopy(store.access, 'in/100.csv', `out/${name}.parquet`);
  await runner.run('warm-up', spec('warm-up'));
  const ended = new Map<string, (status: ResourceStatus) => void>();
  const names = Array.from({ length: copies }, (_, index) => `copy-${index}`);
  const told = (async () => {
    let left = copies;
    for await (const { name, status } of runner.succeeding()) {
      ended.get(name)?.(status);
      if (ended.delete(name)) left -= 1;
      if (left === 0) return;
    }
  })();
  const timed = pLimit(atOnce).map(names, async (name) => {
    const began = performance.now();
    const succeeded = new Promise<ResourceStatus>((resolve) => ended.set(name, resolve));
    await runner.create(name, spec(name));
    expectRows(name, (await succeeded).numRecords, ROWS);
    return (performance.now() - began) / 1000;
  });
  // what ends in an error ends the others
  const [seconds] = await Promise.all([timed, told]);
  return [
    {
      name: 'control.latency.p50',
      value: percentile(seconds, 0.5),
      unit: 's',
      aim: { value: 1, at: 'most' },
    },
    {
      name: 'control.latency.p99',
      value: percentile(seconds, 0.99),
      unit: 's',
      aim: { value: 3, at: 'most' },
    },
  ];
}

/** Half of the resources have run, the others have a schedule that never comes due. */
async function populate({ store, runner }: System, resources: number): Promise<void> {
  const half = Math.floor(resources / 2);
  const began = performance.now();
  const create = pLimit(PARALLEL_REQUESTS).map(
    Array.from({ length: resources }, (_, index) => index),
    (index) => {
      const name = nameOf(index, half);
      const spec = maskedCopy(store.access, 'in/100.csv', `out/${name}.parquet`);
      return runner.create(name, index < half ? spec : { ...spec, schedule: '@yearly', suspend: true });
    },
  );
  create.catch(() => undefined);
  let ran = 0;
  for await (const { name } of runner.succeeding()) {
    if (name.startsWith('ran-')) ran += 1;
    if (ran === half) break;
  }
  await create;
  await untilObserved(runner);
  log(`${resources} resources made: ${((performance.now() - began) / 1000).toFixed(0)} s`);
}

/** An operator among resources of which nothing has changed, then among resources of which half have. */
async function restarts({ runner, restartOperator }: System, resources: number): Promise<Figure[]> {
  const half = Math.floor(resources / 2);
  const same = await restartOperator();
  const start = (await untilIdle(same.meter)) - same.startedAt;
  const before = same.meter.cpuSeconds();
  await delay(WATCHED_MS);
  const idle = (100 * (same.meter.cpuSeconds() - before) * 1000) / WATCHED_MS;
  const peak = same.meter.takePeak();
  const changed = await restartOperator(async () => {
    const scheduled = Array.from({ length: resources - half }, (_, index) => nameOf(half + index, half));
    await pLimit(PARALLEL_REQUESTS).map(scheduled, (name) =>
      runner.change(name, { failedJobHistoryLimit: 7 }),
    );
  });
  await untilObserved(runner);
  const observed = performance.now() - changed.startedAt;
  return [
    { name: 'control.start', value: start / 1000, unit: 's', aim: { value: 10, at: 'most' } },
    { name: 'control.rss', value: peak, unit: 'MiB', aim: { value: 300, at: 'most' } },
    { name: 'control.idle', value: idle, unit: '%', aim: { value: 1, at: 'most' } },
    { name: 'control.start.changed', value: observed / 1000, unit: 's' },
    { name: 'control.rss.changed', value: changed.meter.takePeak(), unit: 'MiB' },
  ];
}

const nameOf = (index: number, half: number): string => `${index < half ? 'ran' : 'scheduled'}-${index}`;

/** Resolves with when it began to be idle, as of `performance.now()`. */
async function untilIdle(meter: ProcessMeter): Promise<number> {
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    const from = performance.now();
    const before = meter.cpuSeconds();
    await delay(IDLE_WINDOW_MS);
    const share = ((meter.cpuSeconds() - before) * 1000) / (performance.now() - from);
    if (share < IDLE_SHARE) return from;
  }
  throw new Error('the operator does not come to rest');
}

/** Until the status of every resource is of its present spec. */
async function untilObserved(runner: System['runner']): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    const resources = await runner.list();
    if (resources.every(({ metadata, status }) => status?.observedGeneration === metadata.generation)) return;
    await delay(250);
  }
  throw new Error('the operator does not look at every resource');
}
