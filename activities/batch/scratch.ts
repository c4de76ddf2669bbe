import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** A directory of one attempt, removed whatever happens. */
export async function withScratch<T>(parent: string, work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(parent, 'attempt-'));
  try {
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
