import { copyFile, cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { GO, goBuild, goOptions, type Recipe } from './recipes.ts';

const SOURCES = fileURLToPath(new URL('vault', import.meta.url));
const SDK = 'github.com/hashicorp/vault/sdk';
/** The version in go.mod. */
const SDK_VERSION = 'v0.9.2';

/** Of `go mod download -json`: where the module is. */
const DOWNLOADED = z.object({ Dir: z.string() });

/**
 * Vault's core with a main program of ours: the official one cannot be built from published modules. Versions are those
 * of go.mod and go.sum in ./vault.
 */
export function vaultFromGo(input: { version: string; takes: string }): Recipe {
  return {
    ...GO,
    ...input,
    async make(workshop) {
      const { dir } = workshop;
      const go = await goOptions(workshop);
      for (const name of ['main.go', 'go.mod', 'go.sum'])
        await copyFile(join(SOURCES, name), join(dir, name));
      const answer = await workshop.run('go', ['mod', 'download', '-json', `${SDK}@${SDK_VERSION}`], go);
      const sdk = join(dir, 'sdk');
      await cp(DOWNLOADED.parse(JSON.parse(answer)).Dir, sdk, { recursive: true });
      await workshop.run('chmod', ['-R', 'u+w', sdk]);
      const backend = join(sdk, 'framework', 'backend.go');
      await writeFile(backend, withoutPanic(await readFile(backend, 'utf8')));
      await workshop.run('go', ['mod', 'edit', '-replace', `${SDK}=./sdk`], go);
      return goBuild(workshop, '.', {}, go);
    },
  };
}

/**
 * The framework panics for a path that may create something and cannot tell whether it is there; Vault's own list of paths has
 * such a one.
 * @throws Error when upstream has changed
 */
export function withoutPanic(source: string): string {
  const panic = /panic\((?=[^)]*defines a CreateOperation but no ExistenceCheck)/;
  if (!panic.test(source)) throw new Error(`${SDK} ${SDK_VERSION} has no such panic in framework/backend.go`);
  return source.replace(panic, '_ = fmt.Sprint(');
}
