import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import type { Log } from './progress.ts';

/** Written beside every program in the cache when it is installed. */
const STAMP = z.object({ sha256: z.string(), size: z.number(), mtimeMs: z.number() });
type Stamp = z.infer<typeof STAMP>;

/** `DDC_CACHE`, by default `~/.cache/ddc`. */
export function cacheDir(env: Record<string, string | undefined>): string {
  return resolve(env['DDC_CACHE'] || join(env['HOME'] || homedir(), '.cache', 'ddc'));
}

export function cachedFile(cache: string, name: string, version: string): string {
  return join(cache, 'bin', `${name}-${version}`);
}

/**
 * The program's path when the cache holds it undamaged. Size and time of change are compared with those recorded;
 * only when they differ is the whole file read. A damaged file is removed.
 */
export async function lookUp(
  cache: string,
  name: string,
  version: string,
  log: Log,
): Promise<string | undefined> {
  const file = cachedFile(cache, name, version);
  const found = await stat(file).catch(() => undefined);
  if (!found) return undefined;
  const stamp = await readStamp(file);
  if (stamp && stamp.size === found.size && stamp.mtimeMs === found.mtimeMs) return file;
  if (stamp && stamp.size === found.size && stamp.sha256 === (await digest(file, 'sha256'))) {
    await writeStamp(file, { ...stamp, mtimeMs: found.mtimeMs });
    return file;
  }
  log(`${name}: ${file} is not the file that was put there (checksum differs); throwing it away`);
  await rm(file, { force: true });
  return undefined;
}

/** Moves a finished program into the cache in one step; nobody ever sees half of one. */
export async function install(cache: string, name: string, version: string, from: string): Promise<string> {
  const file = cachedFile(cache, name, version);
  await mkdir(join(cache, 'bin'), { recursive: true });
  await chmod(from, 0o755);
  const { size, mtimeMs } = await stat(from);
  // The stamp comes first: a program without one would be thrown away.
  await writeStamp(file, { sha256: await digest(from, 'sha256'), size, mtimeMs });
  await rename(from, file);
  return file;
}

/** Of a file's content, hexadecimal. */
export async function digest(file: string, algorithm: 'sha256' | 'sha512'): Promise<string> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

async function readStamp(file: string): Promise<Stamp | undefined> {
  try {
    return STAMP.parse(JSON.parse(await readFile(`${file}.json`, 'utf8')));
  } catch {
    return undefined;
  }
}

async function writeStamp(file: string, stamp: Stamp): Promise<void> {
  const draft = `${file}.json.${process.pid}`;
  await writeFile(draft, JSON.stringify(stamp));
  await rename(draft, `${file}.json`);
}
