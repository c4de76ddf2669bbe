import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { bundleWorkflowCode } from '@temporalio/worker';
import { FAILURE_CONVERTER } from '../codec/temporal-data.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const WORKFLOWS = join(ROOT, 'workflows');
const PROGRAM = fileURLToPath(import.meta.url);
/** End of the names of bundles whose failures are payloads. */
const ENCODED = '-encoded';

/**
 * Path of the bundled workflow code, made in a process of its own when the code has changed: bundling takes a second
 * and 200 MB that the worker would never give back. The bundle lies within the program's own directory, because whoever
 * can write it decides what workflows do.
 * @param encoded whether failures of workflows become payloads, which are encrypted
 */
export async function workflowBundle(encoded: boolean): Promise<string> {
  const path = join(ROOT, '.ddc', `workflows-${await version()}${encoded ? ENCODED : ''}.js`);
  if (existsSync(path)) return path;
  await promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', PROGRAM, path]);
  return path;
}

async function version(): Promise<string> {
  const hash = createHash('sha256').update(await readFile(join(ROOT, 'package-lock.json')));
  for (const name of (await readdir(WORKFLOWS, { recursive: true })).sort())
    if (name.endsWith('.ts')) hash.update(name).update(await readFile(join(WORKFLOWS, name)));
  return hash.digest('hex').slice(0, 16);
}

/** Writes to a name of its own first: other workers may be making the same bundle. */
async function bundle(path: string): Promise<void> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(WORKFLOWS, 'index.ts'),
    ...(path.endsWith(`${ENCODED}.js`) && { failureConverterPath: FAILURE_CONVERTER }),
  });
  const part = `${path}.${process.pid}`;
  await mkdir(join(ROOT, '.ddc'), { recursive: true });
  await writeFile(part, code);
  await rename(part, path);
}

if (process.argv[1] === PROGRAM) await bundle(process.argv[2]!);
