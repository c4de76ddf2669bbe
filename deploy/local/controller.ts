import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { lastLines, startWatched, stopGroup, type Group } from './process.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** What an operator works on is small: a young generation that may grow costs 100 MiB, and saves it no time. */
const PROGRAMS = {
  operator: ['--max-semi-space-size=4', 'operator/main.ts'],
  worker: ['worker/main.ts'],
} as const;
const READY = { operator: 'operator ready', worker: 'worker ready' } as const;
/** Nothing else of this process's environment. */
const INHERITED = ['PATH', 'HOME', 'NODE_COMPILE_CACHE'];
const READY_DEADLINE_MS = 60_000;
/** Longer than the worker's own grace, so that kill -9 is the exception. */
const STOP_GRACE_MS = 25_000;

export type ControllerProgram = keyof typeof PROGRAMS;

export interface ControllerOptions {
  /** Where logs go. */
  dir: string;
  /** KUBECONFIG, DDC_TEMPORAL_ADDRESS and any other setting of operator and worker. */
  environment: Record<string, string>;
}

export interface ControllerProcess {
  readonly pid: number;
  readonly logFile: string;
  /** Resolves with how it ended. */
  readonly ended: Promise<string>;
  /** SIGTERM, and SIGKILL when that does not help. */
  stop(): Promise<void>;
  /** SIGKILL of the process and its children. */
  kill(): Promise<void>;
}

/** Starts an operator or worker that dies with this process; resolves when it is ready. */
export async function startController(
  program: ControllerProgram,
  options: ControllerOptions,
): Promise<ControllerProcess> {
  mkdirSync(options.dir, { recursive: true });
  const logFile = join(options.dir, `${program}.log`);
  const before = existsSync(logFile) ? readFileSync(logFile).length : 0;
  const group = await startWatched(
    {
      program: process.execPath,
      args: ['--disable-warning=ExperimentalWarning', ...PROGRAMS[program]],
      env: {
        ...Object.fromEntries(INHERITED.map((name) => [name, process.env[name] ?? ''])),
        ...options.environment,
      },
      cwd: ROOT,
    },
    { logFile },
  );
  await untilLogged(group, logFile, before, READY[program], program);
  return {
    pid: group.pid,
    logFile,
    ended: group.ended,
    stop: () => stopGroup(group, STOP_GRACE_MS),
    kill: () => stopGroup(group, 0),
  };
}

async function untilLogged(
  group: Group,
  logFile: string,
  from: number,
  text: string,
  program: string,
): Promise<void> {
  const deadline = Date.now() + READY_DEADLINE_MS;
  let ended: string | undefined;
  void (async () => {
    ended = await group.ended;
  })();
  while (!readFileSync(logFile).subarray(from).includes(text)) {
    if (ended !== undefined || Date.now() > deadline) {
      await stopGroup(group, 0);
      const why = ended === undefined ? 'is not ready in time' : `ended (${ended})`;
      throw new Error(`the ${program} ${why}; its last log lines:\n${lastLines(logFile, 10).join('\n')}`);
    }
    await delay(20);
  }
}
