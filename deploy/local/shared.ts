import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isGone, parseOwner, thisProcess } from './owner.ts';
import type { ServerName } from './plan.ts';
import { startServers } from './start.ts';
import type { RunningServers, StartOptions } from './start.ts';

/** A directory without a name in it may be one that is just being made. */
const UNSIGNED_MS = 60_000;

export interface SharedServers {
  running: RunningServers;
  /** Of this process alone. */
  dir: string;
  /** Ends the servers and removes the directory. */
  stop(): Promise<void>;
}

/**
 * Servers for the time of one process, e.g. for one run of the tests, whose files share them: on free ports, in
 * `ROOT/<name>-<pid>`. They die with this process. What processes that were killed left behind is removed.
 * @param options `name`: test when absent
 */
export async function startSharedServers(
  names: readonly ServerName[],
  options: Omit<StartOptions, 'dir'> & { root: string; name?: 'test' | 'run' },
): Promise<SharedServers> {
  mkdirSync(options.root, { recursive: true });
  removeDeadRuns(options.root);
  const dir = join(options.root, `${options.name ?? 'test'}-${process.pid}`);
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { mode: 0o700 });
  writeFileSync(ownerFile(dir), JSON.stringify(thisProcess()));
  const running = await startServers(names, { ...options, dir });
  return {
    dir,
    running,
    async stop() {
      await running.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function removeDeadRuns(root: string): void {
  for (const name of readdirSync(root)) {
    const dir = join(root, name);
    if (/^(test|run)-\d+$/.test(name) && isDead(dir)) rmSync(dir, { recursive: true, force: true });
  }
}

function isDead(dir: string): boolean {
  const ageMs = Date.now() - statSync(dir).mtimeMs;
  try {
    const owner = parseOwner(readFileSync(ownerFile(dir), 'utf8'));
    return owner ? isGone(owner, ageMs) : ageMs > UNSIGNED_MS;
  } catch {
    return ageMs > UNSIGNED_MS;
  }
}

function ownerFile(dir: string): string {
  return join(dir, 'owner.json');
}
