import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { isAlive } from './owner.ts';
import { SERVER_NAMES } from './plan.ts';
import type { ServerName } from './plan.ts';
import type { RunningServers } from './start.ts';

const PROCESS = z.object({ name: z.string(), pid: z.number(), startTime: z.string() });

const SERVER = z.object({
  environment: z.record(z.string(), z.string()),
  ports: z.record(z.string(), z.number()),
  /** In starting order; empty after it was stopped. */
  processes: z.array(PROCESS),
});

const STATE = z.partialRecord(z.enum(SERVER_NAMES), SERVER);

export type ServerState = z.infer<typeof SERVER>;
/** What was started to outlive the command that started it. */
export type State = z.infer<typeof STATE>;

/** Empty when nothing was ever started there, or when another version wrote it. */
export function readState(dir: string): State {
  try {
    return STATE.parse(JSON.parse(readFileSync(stateFile(dir), 'utf8')));
  } catch {
    return {};
  }
}

/** Readable by its owner only: the environment holds the keys of the S3 server. */
export function writeState(dir: string, state: State): void {
  const draft = `${stateFile(dir)}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(draft, stateFile(dir));
}

export function describe(running: RunningServers, name: ServerName): ServerState {
  return {
    environment: running.environmentOf(name),
    ports: running.ports[name] ?? {},
    processes: running
      .processes()
      .filter((process) => process.server === name)
      .map(({ name, pid, startTime }) => ({ name, pid, startTime })),
  };
}

export function isRunning(server: ServerState | undefined): boolean {
  return server !== undefined && server.processes.length > 0 && server.processes.every(isAlive);
}

function stateFile(dir: string): string {
  return join(dir, 'state.json');
}
