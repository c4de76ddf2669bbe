import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { startServers, type RunningServers } from '../../deploy/local/start.ts';
import { crdFiles } from '../../operator/api/crd-files.ts';

declare global {
  // eslint-disable-next-line no-var
  var ddcTestServers: { running: RunningServers; dir: string } | undefined;
}

/** One set of servers for all test files, on free ports and in a directory of this run alone. */
export default async function startTestServers(): Promise<void> {
  const root = join(process.cwd(), '.ddc');
  mkdirSync(root, { recursive: true });
  removeDeadRuns(root);
  const dir = join(root, `test-${process.pid}`);
  const running = await startServers(['temporal', 'kubernetes', 's3'], {
    dir,
    env: process.env,
    log: (line) => console.error(line),
  });
  Object.assign(process.env, running.environment, { DDC_TEST_DIR: dir });
  for (const { content } of crdFiles())
    execFileSync(process.env['DDC_KUBECTL']!, ['apply', '--server-side', '-f', '-'], { input: content });
  globalThis.ddcTestServers = { running, dir };
}

/** Earlier runs that were killed: their servers died with them, their files remain. */
function removeDeadRuns(root: string): void {
  for (const name of readdirSync(root)) {
    const pid = Number(/^test-(\d+)$/.exec(name)?.[1]);
    if (!pid) continue;
    try {
      process.kill(pid, 0);
    } catch {
      rmSync(join(root, name), { recursive: true, force: true });
    }
  }
}
