import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { Command, Option } from 'commander';
import { KubernetesClient, KubernetesError, loadKubeConfig } from '../operator/kubernetes.ts';

export interface KubernetesOptions {
  kubeconfig?: string;
  context?: string;
  namespace?: string;
}

export interface Kubernetes {
  client: KubernetesClient;
  /** The one that was asked for, else that of the context. */
  namespace: string;
}

/** A command with the options by which kubectl finds its cluster. */
export function kubernetesCommand(name: string): Command {
  return new Command(name)
    .addOption(
      new Option('--kubeconfig <file>', 'Kubernetes configuration; else KUBECONFIG, else ~/.kube/config'),
    )
    .addOption(new Option('--context <name>', 'context of the Kubernetes configuration'))
    .addOption(new Option('-n, --namespace <name>', "Kubernetes namespace; by default the context's"));
}

/** Calls `work` with the cluster of the options. @throws Error whose message names the API server. */
export async function withKubernetes<T>(
  options: KubernetesOptions,
  work: (kubernetes: Kubernetes) => Promise<T>,
): Promise<T> {
  const files = kubeconfigFiles(options.kubeconfig, process.env, homedir(), existsSync);
  const config = loadKubeConfig(files.join(delimiter), options.context);
  const client = new KubernetesClient(config, 'ddc-cli');
  const ofContext = config.getContextObject(config.getCurrentContext())?.namespace;
  try {
    return await work({ client, namespace: options.namespace ?? (ofContext || 'default') });
  } catch (error) {
    if (error instanceof KubernetesError && error.status === 0)
      throw new Error(`the Kubernetes API at ${client.address}: ${error.message}`, { cause: error });
    throw error;
  } finally {
    client.close();
  }
}

/** As kubectl finds them: of KUBECONFIG's files those that exist; none: the cluster that it runs in. */
export function kubeconfigFiles(
  flag: string | undefined,
  env: Record<string, string | undefined>,
  home: string,
  exists: (file: string) => boolean,
): string[] {
  if (flag !== undefined) return [flag];
  const named = (env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '');
  if (named.length > 0) {
    const there = named.filter(exists);
    // so that the error names a file
    return there.length > 0 ? there : named.slice(0, 1);
  }
  const usual = join(home, '.kube', 'config');
  return exists(usual) ? [usual] : [];
}
