import { join } from 'node:path';
import { lastLines, startWatched } from '../../deploy/local/process.ts';

/** Runs a program to its end; it dies with this process. @throws Error with its last lines */
export async function runPython(
  program: string,
  args: readonly string[],
  options: { env: Record<string, string>; directory: string },
): Promise<void> {
  const logFile = join(options.directory, 'log');
  const command = { program: 'python3', args: [program, ...args], env: options.env, cwd: options.directory };
  const how = await (await startWatched(command, { logFile })).ended;
  if (how === 'exit code 0') return;
  throw new Error(`${program} ended with ${how}; its last lines:\n${lastLines(logFile, 20).join('\n')}`);
}
