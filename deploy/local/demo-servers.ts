import type { DemoOptions } from './demo-options.ts';
import { existingServers } from './existing.ts';
import { obtainAll } from './obtain.ts';
import { USUAL_SERVERS, type ServerName } from './plan.ts';
import { startServers } from './start.ts';

export interface DemoServers {
  /** KUBECONFIG, DDC_TEMPORAL_ADDRESS, DDC_S3_*: of the user's own servers where named, else of ours. */
  environment: Record<string, string>;
  /** Those that the user has named, by flags or in the environment: what the demo makes there it must remove. */
  existing: ServerName[];
  /** Path of kubectl. */
  kubectl: string;
  stop(): Promise<void>;
}

export async function demoServers(
  options: DemoOptions,
  dir: string,
  log: (line: string) => void,
): Promise<DemoServers> {
  const existing = existingServers(withFlags(options), log);
  const missing = USUAL_SERVERS.filter((name) => !existing.names.includes(name));
  const { kubectl } = await obtainAll(['kubectl'], { env: process.env, log });
  const started = await startServers(missing, { dir, env: process.env, log });
  return {
    environment: { ...started.environment, ...existing.environment },
    existing: existing.names,
    kubectl,
    stop: () => started.stop(),
  };
}

/** Flags go before the environment. */
function withFlags({ kubeconfig, temporal, s3 }: DemoOptions): Record<string, string | undefined> {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, ...env } = process.env;
  return {
    ...env,
    ...(kubeconfig !== undefined && { DDC_KUBECONFIG: kubeconfig }),
    ...(temporal !== undefined && { DDC_TEMPORAL_ADDRESS: temporal }),
    ...(s3 !== undefined && {
      DDC_S3_ENDPOINT: s3,
      DDC_S3_ACCESS_KEY: env['DDC_S3_ACCESS_KEY'] ?? AWS_ACCESS_KEY_ID,
      DDC_S3_SECRET_KEY: env['DDC_S3_SECRET_KEY'] ?? AWS_SECRET_ACCESS_KEY,
    }),
  };
}
