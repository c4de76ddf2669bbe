import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

const ATTEMPT = /^attempt-(\d+)-/;

/** A directory of one attempt, removed whatever happens. */
export async function withScratch<T>(parent: string, work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(parent, `attempt-${process.pid}-`));
  try {
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** What the attempts of an engine process that was killed have left: it could not remove them itself. */
export async function removeAttempts(scratch: string, pid: number): Promise<void> {
  for (const { name, owner } of await attempts(scratch))
    if (owner === pid) await rm(join(scratch, name), { recursive: true, force: true });
}

/** Bytes in the attempts' directories, by the id of the process that made them. */
export async function scratchUse(scratch: string): Promise<Map<number, number>> {
  const used = new Map<number, number>();
  for (const { name, owner } of await attempts(scratch))
    used.set(owner, (used.get(owner) ?? 0) + (await bytesIn(join(scratch, name))));
  return used;
}

async function attempts(scratch: string): Promise<{ name: string; owner: number }[]> {
  const names = await unlessGone(readdir(scratch), []);
  return names.flatMap((name) => {
    const owner = ATTEMPT.exec(name)?.[1];
    return owner === undefined ? [] : [{ name, owner: Number(owner) }];
  });
}

async function bytesIn(directory: string): Promise<number> {
  let sum = 0;
  for (const entry of await unlessGone(readdir(directory, { withFileTypes: true, recursive: true }), []))
    if (entry.isFile())
      sum += (await unlessGone(stat(join(entry.parentPath, entry.name)), undefined))?.size ?? 0;
  return sum;
}

/** An attempt may end while it is looked at. */
function unlessGone<T, O>(looked: Promise<T>, otherwise: O): Promise<T | O> {
  return looked.catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return otherwise;
    throw error;
  });
}
