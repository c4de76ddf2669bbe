import { execFile } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { findVersion } from './versions.ts';

const VERSION_TIMEOUT_MS = 10_000;

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** As a shell would find it; undefined when there is none. */
export function findOnPath(name: string, path: string | undefined): string | undefined {
  return (path ?? '')
    .split(delimiter)
    .filter((dir) => isAbsolute(dir))
    .map((dir) => join(dir, name))
    .find(isExecutable);
}

/** What version a program says it is; undefined when it says nothing of the sort. */
export function askVersion(
  file: string,
  args: readonly string[],
  env: Record<string, string | undefined>,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(
      file,
      args,
      { env, timeout: VERSION_TIMEOUT_MS, killSignal: 'SIGKILL' },
      (_error, stdout, stderr) => {
        resolve(findVersion(stdout) ?? findVersion(stderr));
      },
    );
  });
}
