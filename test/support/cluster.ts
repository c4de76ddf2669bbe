import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { CoreV1Api, CustomObjectsApi, KubeConfig, type CoreV1Event } from '@kubernetes/client-node';
import type { ResourceStatus } from '../../operator/api/status.ts';
import type { ServerEnvironment } from './server-environment.ts';
import { poll } from './poll.ts';

const GROUP = { group: 'fybrik.io', version: 'v1', plural: 'batchtransfers' };

export interface Applied {
  metadata: { name: string; namespace: string; uid: string; generation: number; finalizers?: string[] };
  spec: Record<string, unknown>;
  status?: ResourceStatus;
}

export interface Output {
  code: number;
  stdout: string;
  stderr: string;
}

export function batchTransfer(namespace: string, name: string, spec: object): object {
  return { apiVersion: 'fybrik.io/v1', kind: 'BatchTransfer', metadata: { namespace, name }, spec };
}

export type Cluster = ReturnType<typeof clusterOf>;

/** What tests ask of the Kubernetes API that KUBECONFIG of this environment names. */
export function clusterOf(environment: ServerEnvironment) {
  const config = new KubeConfig();
  config.loadFromFile(environment['KUBECONFIG']!);
  const core = config.makeApiClient(CoreV1Api);
  const custom = config.makeApiClient(CustomObjectsApi);

  /** A namespace that no other test uses. */
  async function createNamespace(prefix: string): Promise<string> {
    const name = `${prefix}-${randomBytes(4).toString('hex')}`;
    await core.createNamespace({ body: { metadata: { name } } });
    return name;
  }

  /** Runs the real kubectl. */
  function kubectl(args: string[], input?: string): Promise<Output> {
    return new Promise((resolve) => {
      const env = { ...process.env, KUBECONFIG: environment['KUBECONFIG']! };
      const child = execFile(environment['DDC_KUBECTL']!, args, { env }, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
      });
      child.stdin!.end(input ?? '');
    });
  }

  async function apply(resource: object): Promise<Output> {
    return kubectl(['apply', '-f', '-'], JSON.stringify(resource));
  }

  async function getTransfer(namespace: string, name: string): Promise<Applied | undefined> {
    try {
      return (await custom.getNamespacedCustomObject({ ...GROUP, namespace, name })) as Applied;
    } catch (error) {
      if ((error as { code?: number }).code === 404) return undefined;
      throw error;
    }
  }

  /** Waits until the status of the present generation is one of these. */
  async function untilStatus(
    namespace: string,
    name: string,
    states: string[],
    deadlineMs = 60_000,
  ): Promise<ResourceStatus> {
    return poll(
      async () => {
        const resource = await getTransfer(namespace, name);
        const status = resource?.status ?? {};
        return status.observedGeneration === resource?.metadata.generation ? status : {};
      },
      (status) => states.includes(status.status ?? ''),
      `${namespace}/${name} to be ${states.join(' or ')}`,
      deadlineMs,
    );
  }

  async function untilGone(namespace: string, name: string, deadlineMs = 60_000): Promise<void> {
    await poll(
      () => getTransfer(namespace, name),
      (resource) => resource === undefined,
      `${namespace}/${name} to be gone`,
      deadlineMs,
    );
  }

  async function eventsOf(namespace: string, name: string): Promise<CoreV1Event[]> {
    const { items } = await core.listNamespacedEvent({ namespace });
    return items.filter((event) => event.involvedObject.name === name);
  }

  return { core, createNamespace, kubectl, apply, getTransfer, untilStatus, untilGone, eventsOf };
}
