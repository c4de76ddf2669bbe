import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDir } from '../../deploy/local/cache.ts';
import { withLock } from '../../deploy/local/lock.ts';
import type { Log } from '../../deploy/local/progress.ts';
import { openWorkshop } from '../../deploy/local/workshop.ts';

const VERSION = '26.0.0';
const LABEL = `pyarrow ${VERSION}`;

/**
 * Python's reader and writer of ORC and Parquet, for comparison: from the package registry once, then from the cache (DDC_CACHE). Needs
 * Python 3 with pip. Resolves with the directory for PYTHONPATH.
 */
export async function obtainPyarrow(options: {
  env: Record<string, string | undefined>;
  log: Log;
}): Promise<string> {
  const { env, log } = options;
  const { stdout: tag } = await promisify(execFile)('python3', [
    '-c',
    'import sys; print(sys.implementation.cache_tag)',
  ]);
  const cache = cacheDir(env);
  const found = join(cache, 'python', `pyarrow-${VERSION}-${tag.trim()}`);
  if (existsSync(found)) return found;
  return withLock(join(cache, 'locks', 'pyarrow'), LABEL, log, async () => {
    // another process may have put it there while this one waited
    if (existsSync(found)) return found;
    log(`${LABEL}: not on this machine; fetching it with pip`);
    const dir = join(cache, 'work', 'pyarrow');
    await rm(dir, { recursive: true, force: true });
    await mkdir(dir, { recursive: true });
    try {
      const wheelOnly = ['--only-binary', ':all:', '--no-deps', '--disable-pip-version-check'];
      const wanted = ['--target', join(dir, 'packages'), `pyarrow==${VERSION}`];
      const workshop = openWorkshop(dir, `${LABEL}: fetching`, { env, log });
      await workshop.run('python3', ['-m', 'pip', 'install', ...wheelOnly, ...wanted]);
      await mkdir(join(cache, 'python'), { recursive: true });
      await rename(join(dir, 'packages'), found);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
    log(`${LABEL}: ${found}`);
    return found;
  });
}
