import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startController } from '../deploy/local/controller.ts';
import type { ServerName } from '../deploy/local/plan.ts';
import { startServers, type RunningServers } from '../deploy/local/start.ts';
import { figureLine, type Figure } from './figures.ts';
import { log } from './log.ts';
import { ProcessMeter } from './process-meter.ts';
import { controllerEnvironment } from './settings.ts';
import { accessOf, BenchStore } from './store.ts';
import { transferRunner, type TransferRunner } from './transfers.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const NAMESPACE = 'bench';

/** Real servers, one operator and one worker. */
export interface System {
  /** For files; removed at the end. */
  dir: string;
  environment: Record<string, string>;
  /** An empty bucket. */
  store: BenchStore;
  runner: TransferRunner;
  /** Of the worker and its engine processes. */
  meter: ProcessMeter;
  /** Stops the operator and starts another one; resolves when that has listed what there is. */
  restartOperator: (meanwhile?: () => Promise<void>) => Promise<RestartedOperator>;
  /** CPU seconds so far by process, of servers, operator, worker, its engine processes, and of this one. */
  cpu: () => Record<string, number>;
}

interface RestartedOperator {
  /** `performance.now()` when its process was started. */
  startedAt: number;
  meter: ProcessMeter;
}

/** Starts all, prints the figures of `measure`, and leaves nothing. */
export async function withSystem(
  measure: (system: System) => Promise<Figure[]>,
  more: readonly ServerName[] = [],
): Promise<void> {
  const dir = join(ROOT, '.ddc', `bench-${process.pid}`);
  mkdirSync(dir, { recursive: true });
  const servers = await startServers(['temporal', 'kubernetes', 's3', ...more], {
    dir,
    env: process.env,
    log,
  });
  try {
    for (const figure of await measured(measure, dir, servers)) console.log(figureLine(figure));
    process.exitCode = 0;
  } finally {
    await servers.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function measured(
  measure: (system: System) => Promise<Figure[]>,
  dir: string,
  servers: RunningServers,
): Promise<Figure[]> {
  const { environment } = servers;
  const kubeconfig = environment['KUBECONFIG']!;
  const crds = ['--kubeconfig', kubeconfig, 'apply', '--server-side', '-f', join(ROOT, 'deploy', 'crds')];
  execFileSync(environment['DDC_KUBECTL']!, crds);
  const settings = controllerEnvironment(environment, process.env);
  const controller = { dir, environment: { ...settings, DDC_SCRATCH_DIR: join(dir, 'scratch') } };
  const worker = await startController('worker', controller);
  let operator = await startController('operator', controller);
  let operatorMeter = new ProcessMeter(operator.pid);
  const meter = new ProcessMeter(worker.pid);
  const others = servers.processes().map(({ name, pid }) => ({ name, meter: new ProcessMeter(pid) }));
  const restartOperator: System['restartOperator'] = async (meanwhile) => {
    await operator.stop();
    operatorMeter.stop();
    await meanwhile?.();
    const startedAt = performance.now();
    operator = await startController('operator', controller);
    operatorMeter = new ProcessMeter(operator.pid);
    return { startedAt, meter: operatorMeter };
  };
  const cpu = (): Record<string, number> => ({
    ...Object.fromEntries(others.map((other) => [other.name, other.meter.ownCpuSeconds()])),
    operator: operatorMeter.ownCpuSeconds(),
    worker: meter.ownCpuSeconds(),
    'engine-processes': meter.cpuSeconds() - meter.ownCpuSeconds(),
    bench: process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6,
  });
  const store = new BenchStore(accessOf(environment));
  try {
    await store.createBucket();
    const runner = await transferRunner(kubeconfig, NAMESPACE);
    return await measure({ dir, environment, store, runner, meter, restartOperator, cpu });
  } finally {
    store.close();
    meter.stop();
    operatorMeter.stop();
    for (const other of others) other.meter.stop();
    await operator.stop();
    await worker.stop();
  }
}
