import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDir, install, lookUp } from './cache.ts';
import { mirrored, UnreachableError } from './download.ts';
import { askVersion, findOnPath, isExecutable } from './executables.ts';
import { withLock } from './lock.ts';
import { PROGRAMS } from './programs.ts';
import type { Platform, Program, ProgramName } from './programs.ts';
import { seconds } from './progress.ts';
import type { Log } from './progress.ts';
import { fetchRelease } from './release.ts';
import { describeRange, isWithin } from './versions.ts';
import { MissingToolError, openWorkshop } from './workshop.ts';

export interface ObtainOptions {
  /** Paths (DDC_..._BIN), PATH, DDC_CACHE, DDC_RELEASES_URL, and what the tools need. */
  env: Record<string, string | undefined>;
  log: Log;
  /** For tests: stand-ins. */
  programs?: Partial<Record<ProgramName, Program>>;
}

/** What was learned about the release sites; shared by all programs of one call. */
interface Sites {
  unreachable: boolean;
}

/** One program; see obtainAll. */
export async function obtain(name: ProgramName, options: ObtainOptions): Promise<string> {
  return (await obtainAll([name], options))[name];
}

/**
 * Finds or makes programs; resolves with their paths. For each, in this order: the path that the environment names;
 * PATH, when the version fits; the cache; the release site; the package registry. Each step says what it does.
 * @throws Error saying what was tried and what would help
 */
export async function obtainAll<Name extends ProgramName>(
  names: readonly Name[],
  options: ObtainOptions,
): Promise<Record<Name, string>> {
  if (process.platform === 'win32')
    throw new Error(
      'the local servers run on Linux and macOS; on Windows use the Windows Subsystem for Linux',
    );
  const table = { ...PROGRAMS, ...options.programs };
  const paths = new Map<string, string>();
  await Promise.all(
    names.map(async (name) => {
      const path = await findHere(table[name], options);
      if (path) paths.set(name, path);
    }),
  );
  const missing = names.filter((name) => !paths.has(name)).map((name) => table[name]);
  const sites: Sites = { unreachable: false };
  const cache = cacheDir(options.env);
  try {
    // One after the other: two builds at once are no faster, and use twice the memory.
    for (const program of missing)
      paths.set(
        program.name,
        await withLock(join(cache, 'locks', program.name), program.name, options.log, () =>
          fetchOrBuild(program, cache, sites, options),
        ),
      );
  } finally {
    if (missing.length > 0)
      await rm(join(cache, 'downloads', String(process.pid)), { recursive: true, force: true });
  }
  const found = Object.fromEntries(paths);
  if (!holds(found, names))
    throw new Error(`not obtained: ${names.filter((name) => !paths.has(name)).join(', ')}`);
  return found;
}

function holds<Name extends string>(paths: object, names: readonly Name[]): paths is Record<Name, string> {
  return names.every((name) => name in paths);
}

async function findHere(program: Program, { env, log }: ObtainOptions): Promise<string | undefined> {
  const { name, variable } = program;
  const given = env[variable];
  if (given) {
    if (!isExecutable(given)) throw new Error(`${variable} is "${given}", which is not an executable file`);
    log(`${name}: ${given}, because ${variable} says so`);
    return given;
  }
  const onPath = findOnPath(name, env['PATH']);
  if (onPath) {
    const version = await askVersion(onPath, program.versionArgs, env);
    if (version && isWithin(version, program.fits)) {
      log(`${name} ${version}: ${onPath}, found on PATH`);
      return onPath;
    }
    log(
      `${name}: ${onPath} on PATH does not fit: it is ${version ?? 'of unknown version'}, not ${describeRange(program.fits)}`,
    );
  }
  return findInCache(program, cacheDir(env), log);
}

async function findInCache(program: Program, cache: string, log: Log): Promise<string | undefined> {
  for (const version of new Set([program.recipe.version, program.release?.version])) {
    const file = version && (await lookUp(cache, program.name, version, log));
    if (!file) continue;
    log(`${program.name} ${version}: ${file}, from the cache`);
    return file;
  }
  return undefined;
}

async function fetchOrBuild(
  program: Program,
  cache: string,
  sites: Sites,
  options: ObtainOptions,
): Promise<string> {
  // Another process may have put it there while this one waited.
  const present = await findInCache(program, cache, options.log);
  if (present) return present;
  // Whoever holds the lock is alone here: what is left belongs to somebody who was interrupted.
  const dir = join(cache, 'work', program.name);
  await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  await mkdir(dir, { recursive: true });
  try {
    const refused = await tryRelease(program, cache, dir, sites, options);
    if (refused.file) return refused.file;
    return await build(program, cache, dir, refused.why, options);
  } finally {
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function tryRelease(
  program: Program,
  cache: string,
  dir: string,
  sites: Sites,
  options: ObtainOptions,
): Promise<{ file?: string; why: string }> {
  const { name, release } = program;
  const platform: Platform = `${process.platform}-${process.arch}`;
  const source = release?.files[platform];
  if (!release || !source) return { why: `no release with a known checksum for ${platform}` };
  if (sites.unreachable) return { why: 'the release sites cannot be reached' };
  const url = mirrored(source.url, options.env['DDC_RELEASES_URL']);
  options.log(`${name} ${release.version}: not on this machine; downloading ${url}`);
  const began = Date.now();
  try {
    const archives = join(cache, 'downloads', String(process.pid));
    const made = await fetchRelease({ ...source, url }, { dir, archives, name, ...options });
    const file = await install(cache, name, release.version, made);
    options.log(
      `${name} ${release.version}: downloaded and checked in ${seconds(Date.now() - began)}, ${file}`,
    );
    return { file, why: '' };
  } catch (error) {
    sites.unreachable ||= error instanceof UnreachableError;
    return { why: error instanceof Error ? error.message : String(error) };
  }
}

async function build(
  program: Program,
  cache: string,
  dir: string,
  why: string,
  options: ObtainOptions,
): Promise<string> {
  const { name, recipe, variable } = program;
  options.log(`${name} ${recipe.version}: ${why}; ${recipe.doing} instead (${recipe.takes})`);
  const began = Date.now();
  try {
    const made = await recipe.make(openWorkshop(dir, `${name}: ${recipe.doing}`, options));
    const file = await install(cache, name, recipe.version, made);
    options.log(`${name} ${recipe.version}: made in ${seconds(Date.now() - began)}, ${file}`);
    return file;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const help =
      error instanceof MissingToolError
        ? `Install ${recipe.needs}, or set ${variable} to the path of ${name} ${describeRange(program.fits)}.`
        : `Set ${variable} to the path of ${name} ${describeRange(program.fits)}, or see what ${recipe.needs} says above.`;
    throw new Error(`${name} cannot be obtained.\n- release: ${why}\n- ${recipe.doing}: ${reason}\n${help}`, {
      cause: error,
    });
  }
}
