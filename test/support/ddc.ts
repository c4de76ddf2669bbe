import { spawn, type ChildProcess } from 'node:child_process';

export interface DdcOutcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface StartedDdc {
  child: ChildProcess;
  /** So far. */
  output(): Omit<DdcOutcome, 'code'>;
  ended: Promise<DdcOutcome>;
}

type Environment = Record<string, string | undefined>;

/** Runs the program `ddc` as a user does. */
export async function ddc(args: string[], input = '', env: Environment = {}): Promise<DdcOutcome> {
  return startDdc(args, input, env).ended;
}

/** The same, to do something while it runs. */
export function startDdc(args: string[], input = '', env: Environment = {}): StartedDdc {
  const child = spawn(process.execPath, ['cli/main.ts', ...args], { env: { ...process.env, ...env } });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => (output[name] += text));
  child.stdin.end(input);
  const ended = new Promise<DdcOutcome>((resolve) =>
    child.once('close', (code) => resolve({ code, ...output })),
  );
  return { child, output: () => ({ ...output }), ended };
}
