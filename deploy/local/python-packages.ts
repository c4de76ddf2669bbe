import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDir } from './cache.ts';
import { withLock } from './lock.ts';
import type { Log } from './progress.ts';
import { openWorkshop, type Workshop } from './workshop.ts';

/** What tests and benchmarks compare with, from the package registry. */
export interface PythonPackages {
  /** With the version: `pyarrow-26.0.0`; another set needs another one. */
  name: string;
  /** Arguments of `pip install`. */
  pip: readonly string[];
  /** What else belongs to it, put into the directory of the packages. */
  finish?: (workshop: Workshop, packages: string) => Promise<void>;
}

/**
 * Fetched once, then from the cache (DDC_CACHE). Needs Python 3 with pip. Resolves with the directory for PYTHONPATH.
 */
export async function obtainPython(
  { name, pip, finish }: PythonPackages,
  options: { env: Record<string, string | undefined>; log: Log },
): Promise<string> {
  const { env, log } = options;
  const { stdout: tag } = await promisify(execFile)('python3', [
    '-c',
    'import sys; print(sys.implementation.cache_tag)',
  ]);
  const cache = cacheDir(env);
  const found = join(cache, 'python', `${name}-${tag.trim()}`);
  if (existsSync(found)) return found;
  return withLock(join(cache, 'locks', name), name, log, async () => {
    // another process may have put it there while this one waited
    if (existsSync(found)) return found;
    log(`${name}: not on this machine; fetching it with pip`);
    const dir = join(cache, 'work', name);
    await rm(dir, { recursive: true, force: true });
    await mkdir(dir, { recursive: true });
    try {
      const packages = join(dir, 'packages');
      const workshop = openWorkshop(dir, `${name}: fetching`, { env, log });
      const install = ['-m', 'pip', 'install', '--disable-pip-version-check', '--target', packages];
      await workshop.run('python3', [...install, ...pip]);
      await finish?.(workshop, packages);
      await mkdir(join(cache, 'python'), { recursive: true });
      await rename(packages, found);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
    log(`${name}: ${found}`);
    return found;
  });
}
