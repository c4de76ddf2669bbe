import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startServers, type RunningServers } from '../../deploy/local/start.ts';
import { crdFiles } from '../../operator/api/crd-files.ts';
import { clusterOf } from './cluster.ts';
import type { ServerEnvironment } from './server-environment.ts';

export interface OwnServers {
  running: RunningServers;
  environment: ServerEnvironment;
}

/** Servers that a test may kill, with the CRDs installed; their files are in `parent`/`name`. */
export async function startOwnServers(parent: string, name: string): Promise<OwnServers> {
  const dir = join(parent, name);
  mkdirSync(dir, { recursive: true });
  const log = (): void => undefined;
  const running = await startServers(['temporal', 'kubernetes', 's3'], { dir, env: process.env, log });
  const environment = { ...running.environment, DDC_TEST_DIR: dir };
  const { kubectl } = clusterOf(environment);
  for (const { content } of crdFiles()) {
    const { code, stderr } = await kubectl(['apply', '--server-side', '-f', '-'], content);
    if (code !== 0) throw new Error(`the CRDs were refused: ${stderr}`);
  }
  return { running, environment };
}
