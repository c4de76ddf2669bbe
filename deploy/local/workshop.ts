import { createInterface } from 'node:readline';
import { findOnPath } from './executables.ts';
import { startWatched } from './process.ts';
import { withProgress } from './progress.ts';
import type { Log } from './progress.ts';

/** Where one program is built: a directory of its own, and the means to run tools in it. */
export interface Workshop {
  /** Empty at the beginning, removed at the end. */
  dir: string;
  /** @returns what the tool printed. @throws MissingToolError; Error with its last lines when it fails */
  run: (tool: string, args: readonly string[], options?: RunOptions) => Promise<string>;
}

export interface RunOptions {
  cwd?: string;
  env?: Record<string, string>;
}

/** A tool that building needs is not on PATH. */
export class MissingToolError extends Error {
  override name = 'MissingToolError';
}

const SHOWN_LINES = 15;

/**
 * Tools run at low priority and die with this process, in whatever way it ends.
 * @param label e.g. `etcd: building`, for progress
 */
export function openWorkshop(
  dir: string,
  label: string,
  options: { env: Record<string, string | undefined>; log: Log },
): Workshop {
  return {
    dir,
    async run(tool, args, { cwd = dir, env = {} } = {}) {
      const program = findOnPath(tool, options.env['PATH']);
      if (!program) throw new MissingToolError(`${tool} is not on PATH`);
      const command = {
        program: 'nice',
        args: ['-n', '10', program, ...args],
        cwd,
        env: { ...defined(options.env), ...env },
      };
      const group = await startWatched(command, { pipe: true });
      const output: string[] = [];
      const lines: string[] = [];
      const reading = [
        eachLine(group.child.stdout, (line) => output.push(line)),
        eachLine(group.child.stderr, (line) => lines.push(line)),
      ];
      const how = await withProgress(
        options.log,
        label,
        () => (lines.at(-1) ?? '').slice(0, 120),
        group.ended,
      );
      await Promise.all(reading);
      if (how === 'exit code 0') return output.join('\n');
      const said = [...lines, ...output].slice(-SHOWN_LINES).map((line) => `  | ${line}`);
      throw new Error([`${tool} ${args[0] ?? ''} ended with ${how}`, ...said].join('\n'));
    },
  };
}

async function eachLine(stream: NodeJS.ReadableStream | null, take: (line: string) => void): Promise<void> {
  if (!stream) return;
  for await (const line of createInterface({ input: stream })) take(line);
}

function defined(env: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
