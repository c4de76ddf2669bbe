import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Attempts of a process that was killed cannot remove their directories: the worker does, by this name. */
export const attemptPrefix = (pid: number): string => `attempt-${pid}-`;

/** A directory of one attempt, removed whatever happens. */
export async function withScratch<T>(parent: string, work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(parent, attemptPrefix(process.pid)));
  try {
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
