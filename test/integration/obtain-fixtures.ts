import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { obtainAll } from '../../deploy/local/obtain.ts';
import type { Program, ProgramName } from '../../deploy/local/programs.ts';
import type { Workshop } from '../../deploy/local/workshop.ts';

/** A directory with an empty cache, and what obtaining says. */
export function scene(): {
  dir: string;
  cache: string;
  said: string[];
  obtain: (programs: Program[], env?: Record<string, string>) => Promise<Record<string, string>>;
  remove: () => void;
} {
  const dir = mkdtempSync(join(tmpdir(), 'ddc-obtain-'));
  const cache = join(dir, 'cache');
  const said: string[] = [];
  return {
    dir,
    cache,
    said,
    obtain(programs, env = {}) {
      const names = programs.map((program) => program.name);
      return obtainAll(names, {
        env: { PATH: process.env['PATH'], HOME: dir, DDC_CACHE: cache, ...env },
        log: (line) => said.push(line),
        programs: Object.fromEntries(programs.map((program) => [program.name, program])),
      });
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** A program that prints its version; the recipe makes it with a shell, or as given. */
export function fakeProgram(
  overrides: Partial<Omit<Program, 'recipe'>> & { make?: (workshop: Workshop) => Promise<string> } = {},
): Program {
  const { make, ...rest } = overrides;
  const name: ProgramName = rest.name ?? 'etcd';
  return {
    name,
    variable: 'DDC_FAKE_BIN',
    fits: { from: '1.0.0', below: '2.0.0' },
    versionArgs: ['--version'],
    recipe: {
      version: '1.1.0',
      needs: 'the tool Sesame 3 (https://sesame.example)',
      doing: 'building from crumbs',
      takes: 'a moment',
      make:
        make ??
        (async ({ dir, run }) => {
          await run('sh', ['-c', `printf '#!/bin/sh\\necho ${name} 1.1.0\\n' > made`]);
          return join(dir, 'made');
        }),
    },
    ...rest,
  };
}

export function writeScript(file: string, content: string): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${content}\n`);
  chmodSync(file, 0o755);
  return file;
}
