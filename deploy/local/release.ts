import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { download } from './download.ts';
import type { Release } from './programs.ts';
import { megabytes, withProgress } from './progress.ts';
import type { Log } from './progress.ts';
import { openWorkshop } from './workshop.ts';

/**
 * Downloads one program of a release site.
 * @param input.dir scratch for this program
 * @param input.archives where checked archives stay for other programs that are in the same one
 * @returns the program's path, somewhere in `dir`
 * @throws as download; Error when the archive does not hold the program
 */
export async function fetchRelease(
  source: Release,
  input: {
    dir: string;
    archives: string;
    name: string;
    env: Record<string, string | undefined>;
    log: Log;
  },
): Promise<string> {
  const { dir, archives, name, env, log } = input;
  const unpacked = source.member === undefined;
  await mkdir(archives, { recursive: true });
  const file = unpacked ? join(dir, name) : join(archives, source.checksum.slice(0, 32));
  if (!existsSync(file)) {
    let arrived = '';
    const partial = join(dir, 'download');
    const work = download(source, partial, {
      env,
      onBytes: (received, total) =>
        (arrived =
          total === undefined ? megabytes(received) : `${megabytes(received)} of ${megabytes(total)}`),
    });
    await withProgress(log, `${name}: downloading`, () => arrived, work);
    await rename(partial, file);
  }
  if (source.member === undefined) return file;
  const workshop = openWorkshop(dir, `${name}: unpacking`, { env, log });
  await workshop.run('tar', ['-xzf', file, source.member]);
  return join(dir, source.member);
}
