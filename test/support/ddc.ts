import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

export interface DdcOutcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the program `ddc` as a user does. */
export async function ddc(args: string[], input = ''): Promise<DdcOutcome> {
  const child = spawn(process.execPath, ['cli/main.ts', ...args]);
  child.stdin.end(input);
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.once('close', resolve)),
  ]);
  return { code, stdout, stderr };
}
