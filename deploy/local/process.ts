import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { errorCode } from './errors.ts';
import { isAlive, startTime } from './owner.ts';

/** What one program run needs. The environment is complete: nothing is inherited. */
export interface Command {
  program: string;
  args: readonly string[];
  env: Record<string, string>;
  cwd?: string;
}

/** Enough to find a running process group again, also from another process. */
export interface GroupId {
  /** Of the leader; also the number of the group. */
  pid: number;
  startTime: string;
}

/**
 * The shell becomes the program, after leaving behind a watchdog: a subshell that reads from a pipe whose other end
 * this process holds. When this process ends, however it ends, the system closes the pipe and the watchdog kills the
 * group; a line in the pipe sends the watchdog home. (The program itself is started without the pipe.)
 */
const WATCHED = '{ read -r _ <&3 || kill -KILL 0; } & exec 3<&- "$@"';

export interface Group extends GroupId {
  child: ChildProcess;
  /** Resolves with a description of how it ended, e.g. `exit code 1`. */
  ended: Promise<string>;
  /** From now on the group outlives this process. */
  release(): Promise<void>;
}

/** Starts a program in its own process group that dies with this process. Output goes to the log file. */
export async function startWatched(
  command: Command,
  output: { logFile: string } | { pipe: true },
): Promise<Group> {
  const log = 'logFile' in output ? openSync(output.logFile, 'a', 0o600) : 'pipe';
  try {
    const child = spawn('/bin/sh', ['-c', WATCHED, 'sh', command.program, ...command.args], {
      cwd: command.cwd,
      env: command.env,
      detached: true,
      stdio: ['ignore', log, log, 'pipe'],
    });
    const leash = child.stdio[3] instanceof Socket ? child.stdio[3] : undefined;
    // The watchdog may be gone already; whether it is matters to nobody.
    leash?.on('error', () => leash.destroy());
    const ended = new Promise<string>((resolve) => {
      child.once('exit', (code, signal) => {
        // Closing the pipe ends the watchdog and with it whatever the program left in its group.
        leash?.destroy();
        resolve(signal ? `signal ${signal}` : `exit code ${code}`);
      });
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    // A server must not keep its parent from ending; a command whose output is read does, by the reading.
    if ('logFile' in output) {
      child.unref();
      leash?.unref();
    }
    const { pid } = child;
    if (pid === undefined || !leash) throw new Error(`${command.program} did not start`);
    const release = (): Promise<void> =>
      new Promise((resolve, reject) => {
        leash.write('released\n', (error) => (error ? reject(error) : resolve()));
      });
    return { child, pid, startTime: startTime(pid) ?? 'ended', ended, release };
  } finally {
    if (typeof log === 'number') closeSync(log);
  }
}

/**
 * Ends a process group and waits until its leader is gone.
 * @param graceMs how long the group may take after SIGTERM before it is killed; 0 kills it at once
 */
export async function stopGroup(group: GroupId, graceMs: number): Promise<void> {
  if (graceMs > 0) {
    signalGroup(group, 'SIGTERM');
    await until(() => !isAlive(group), graceMs);
  }
  signalGroup(group, 'SIGKILL');
  if (!(await until(() => !isAlive(group), 10_000)))
    throw new Error(`process ${group.pid} is still there 10 seconds after SIGKILL`);
}

function signalGroup(group: GroupId, signal: NodeJS.Signals): void {
  // The number may belong to a stranger by now.
  if (!isAlive(group)) return;
  try {
    process.kill(-group.pid, signal);
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}

async function until(condition: () => boolean, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (!condition()) {
    if (Date.now() > deadline) return false;
    await delay(10);
  }
  return true;
}

/** The last lines of a log, for error messages. */
export function lastLines(file: string, count: number): string[] {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count);
  } catch {
    return [];
  }
}
