import { resolve } from 'node:path';
import type { DemoOptions } from './demo-options.ts';
import { obtainAll } from './obtain.ts';
import type { ServerName } from './plan.ts';
import { startServers } from './start.ts';

export interface DemoServers {
  /** KUBECONFIG, DDC_TEMPORAL_ADDRESS, DDC_S3_*: of the user's own servers where named, else of ours. */
  environment: Record<string, string>;
  /** Path of kubectl. */
  kubectl: string;
  stop(): Promise<void>;
}

export async function demoServers(
  options: DemoOptions,
  dir: string,
  log: (line: string) => void,
): Promise<DemoServers> {
  const own = usersServers(options);
  const missing: ServerName[] = [];
  if (options.kubeconfig === undefined) missing.push('kubernetes');
  if (options.temporal === undefined) missing.push('temporal');
  if (options.s3 === undefined) missing.push('s3');
  const { kubectl } = await obtainAll(['kubectl'], { env: process.env, log });
  const started = await startServers(missing, { dir, env: process.env, log });
  return {
    environment: { ...started.environment, ...own },
    kubectl,
    stop: () => started.stop(),
  };
}

function usersServers(options: DemoOptions): Record<string, string> {
  const environment: Record<string, string> = {};
  if (options.kubeconfig !== undefined) environment['KUBECONFIG'] = resolve(options.kubeconfig);
  if (options.temporal !== undefined) environment['DDC_TEMPORAL_ADDRESS'] = options.temporal;
  if (options.s3 !== undefined) {
    const accessKey = process.env['AWS_ACCESS_KEY_ID'];
    const secretKey = process.env['AWS_SECRET_ACCESS_KEY'];
    if (!accessKey || !secretKey)
      throw new Error('--s3: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to the keys of that store');
    const endpoint = /^https?:\/\//.test(options.s3) ? options.s3 : `https://${options.s3}`;
    Object.assign(environment, {
      DDC_S3_ENDPOINT: endpoint,
      DDC_S3_ACCESS_KEY: accessKey,
      DDC_S3_SECRET_KEY: secretKey,
    });
  }
  return environment;
}
