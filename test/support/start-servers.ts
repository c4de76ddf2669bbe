import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { existingServers } from '../../deploy/local/existing.ts';
import { obtainAll } from '../../deploy/local/obtain.ts';
import { SERVER_NAMES } from '../../deploy/local/plan.ts';
import { startSharedServers, type SharedServers } from '../../deploy/local/shared.ts';
import { crdFiles } from '../../operator/api/crd-files.ts';

declare global {
  var ddcTestServers: SharedServers | undefined;
}

/** One set of servers for all test files; those that the environment names by address are used as they are. */
export default async function startTestServers(): Promise<void> {
  const log = (line: string): void => console.error(line);
  const existing = existingServers(process.env, log);
  const missing = SERVER_NAMES.filter((name) => !existing.names.includes(name));
  const programs = await obtainAll(['kubectl', 'temporal', 'helm'], { env: process.env, log });
  const root = join(process.cwd(), '.ddc');
  mkdirSync(root, { recursive: true });
  const servers = await startSharedServers(missing, { root, env: process.env, log });
  Object.assign(process.env, servers.running.environment, existing.environment, {
    DDC_TEST_DIR: servers.dir,
    DDC_KUBECTL: programs.kubectl,
    DDC_TEMPORAL_CLI: programs.temporal,
    DDC_HELM: programs.helm,
  });
  for (const { content } of crdFiles())
    execFileSync(programs.kubectl, ['apply', '--server-side', '-f', '-'], { input: content });
  globalThis.ddcTestServers = servers;
}
