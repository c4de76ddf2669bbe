import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { attemptPrefix } from '../activities/batch/scratch.ts';

const NAME = /^worker-(\d+)-/;

/** A scratch directory of this worker alone; those of workers that died without cleaning up are removed. */
export async function openScratch(parent: string): Promise<string> {
  await mkdir(parent, { recursive: true, mode: 0o700 });
  for (const name of await readdir(parent)) {
    const owner = NAME.exec(name)?.[1];
    if (owner !== undefined && !alive(Number(owner)))
      await rm(join(parent, name), { recursive: true, force: true });
  }
  return mkdtemp(join(parent, `worker-${process.pid}-`));
}

/** What the attempts of an engine process that was killed have left. */
export async function removeAttempts(scratch: string, pid: number): Promise<void> {
  for (const name of await readdir(scratch))
    if (name.startsWith(attemptPrefix(pid))) await rm(join(scratch, name), { recursive: true, force: true });
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
