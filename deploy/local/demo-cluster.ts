import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

export type Kubectl = (args: string[]) => Promise<string>;

/** Always with an explicit kubeconfig: never the cluster that happens to be configured on the machine. */
export function kubectlOf(program: string, kubeconfig: string): Kubectl {
  return async (args) => (await execute(program, ['--kubeconfig', kubeconfig, ...args])).stdout;
}

/** Something in a cluster, as arguments of kubectl, e.g. `['lease', 'ddc-operator', '-n', 'ddc-demo']`. */
export type ClusterObject = readonly [kind: string, name: string, ...namespace: string[]];

export async function exists(run: Kubectl, object: ClusterObject): Promise<boolean> {
  return (await run(['get', ...object, '--ignore-not-found', '-o', 'name'])).trim() !== '';
}

/** Gives up after a minute: a finalizer may keep it, and the demo must end. */
export async function remove(run: Kubectl, object: ClusterObject): Promise<void> {
  await run(['delete', ...object, '--ignore-not-found', '--timeout=60s']);
}
