import { join } from 'node:path';
import {
  startController,
  type ControllerProcess,
  type ControllerProgram,
} from '../../deploy/local/controller.ts';
import { createNamespace } from './kubernetes.ts';

export interface Stack {
  namespace: string;
  taskQueue: string;
  /** Logs of operator and worker. */
  dir: string;
  operator: ControllerProcess;
  worker: ControllerProcess;
  start(program: ControllerProgram): Promise<ControllerProcess>;
  stop(): Promise<void>;
}

/**
 * An operator and a worker of one test file, in a namespace and on a task queue of their own, on the shared servers.
 * What a test changes on them (kill, restart) it writes back into the stack.
 */
export async function startStack(name: string, settings: Record<string, string> = {}): Promise<Stack> {
  const namespace = await createNamespace(name);
  const dir = join(process.env['DDC_TEST_DIR']!, namespace);
  const environment = {
    ...Object.fromEntries(
      Object.entries(process.env).filter((entry): entry is [string, string] =>
        ['KUBECONFIG', 'DDC_TEMPORAL_ADDRESS'].includes(entry[0]),
      ),
    ),
    DDC_TASK_QUEUE: namespace,
    DDC_WATCH_NAMESPACE: namespace,
    DDC_LEADER_ELECTION_NAMESPACE: namespace,
    DDC_SCRATCH_DIR: join(dir, 'scratch'),
    DDC_PARALLEL_CHUNKS: '1',
    ...settings,
  };
  const start = (program: ControllerProgram): Promise<ControllerProcess> =>
    startController(program, { dir, environment });
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
