import { join } from 'node:path';
import {
  startController,
  type ControllerProcess,
  type ControllerProgram,
} from '../../deploy/local/controller.ts';
import { clusterOf } from './cluster.ts';
import type { ServerEnvironment } from './server-environment.ts';

export interface Stack {
  namespace: string;
  taskQueue: string;
  /** Logs of operator and worker. */
  dir: string;
  operator: ControllerProcess;
  worker: ControllerProcess;
  /** @param directory of its log; one of its own for a second operator or worker */
  start(program: ControllerProgram, directory?: string): Promise<ControllerProcess>;
  stop(): Promise<void>;
}

/**
 * An operator and a worker of one test file, in a namespace and on a task queue of their own.
 * What a test changes on them (kill, restart) it writes back into the stack.
 * @param servers default: the shared ones of this run of the tests
 */
export async function startStack(
  name: string,
  settings: Record<string, string> = {},
  servers: ServerEnvironment = process.env,
): Promise<Stack> {
  const namespace = await clusterOf(servers).createNamespace(name);
  const dir = join(servers['DDC_TEST_DIR']!, namespace);
  const environment = {
    KUBECONFIG: servers['KUBECONFIG']!,
    DDC_TEMPORAL_ADDRESS: servers['DDC_TEMPORAL_ADDRESS']!,
    DDC_TASK_QUEUE: namespace,
    DDC_WATCH_NAMESPACE: namespace,
    DDC_LEADER_ELECTION_NAMESPACE: namespace,
    DDC_SCRATCH_DIR: join(dir, 'scratch'),
    DDC_PARALLEL_CHUNKS: '1',
    ...settings,
  };
  const start = (program: ControllerProgram, directory = dir): Promise<ControllerProcess> =>
    startController(program, { dir: directory, environment });
  const [operator, worker] = await Promise.all([start('operator'), start('worker')]);
  const stack: Stack = {
    namespace,
    taskQueue: namespace,
    dir,
    operator,
    worker,
    start,
    stop: async () => {
      await Promise.all([stack.operator.kill(), stack.worker.kill()]);
    },
  };
  return stack;
}
