import { mkdir, mkdtemp, readdir, rm, statfs } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** mkdtemp appends letters and digits. */
const NAME = /^worker-(.+)-(\d+)-[A-Za-z0-9]+$/;

/**
 * A scratch directory of this worker alone; those of workers that died without cleaning up are removed. Only
 * those of this host can be judged: elsewhere the same process id is another process.
 */
export async function openScratch(parent: string): Promise<string> {
  await mkdir(parent, { recursive: true, mode: 0o700 });
  for (const name of await readdir(parent)) {
    const [, host, pid] = NAME.exec(name) ?? [];
    if (host === hostname() && !alive(Number(pid)))
      await rm(join(parent, name), { recursive: true, force: true });
  }
  return mkdtemp(join(parent, `worker-${hostname()}-${process.pid}-`));
}

/** Bytes: others may need the other half. */
export async function halfOfFree(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return Math.floor((bavail * bsize) / 2);
}

/** In a container that was started again, the own process id is that of the dead predecessor. */
function alive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
