import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.ts';
import { SERVER_NAMES } from './plan.ts';
import type { ServerName } from './plan.ts';
import { becomesFree } from './ports.ts';
import { stopGroup } from './process.ts';
import { startServers } from './start.ts';
import type { ServerPorts, StartOptions } from './start.ts';
import { describe, isRunning, readState, writeState } from './state.ts';
import type { ServerState } from './state.ts';

const STOP_GRACE_MS = 3_000;

/**
 * Starts servers that outlive this process, and leaves those alone that run already.
 * @returns the environment for programs that use them, of the named servers
 * @throws as startServers; then what it started is gone
 */
export async function up(
  names: readonly ServerName[],
  options: StartOptions,
): Promise<Record<string, string>> {
  const { dir, log } = options;
  return locked(dir, log, async () => {
    const state = readState(dir);
    const missing = names.filter((name) => !isRunning(state[name]));
    for (const name of names) if (!missing.includes(name)) log(`${name}: runs already`);
    for (const name of missing) await stopAll(state[name]);
    const ports = await portsAsBefore(missing, state);
    const running = await startServers(missing, { ...options, ports });
    for (const name of missing) state[name] = describe(running, name);
    // Recorded first, then released: what nobody has a record of dies with this process.
    writeState(dir, state);
    await running.release();
    return Object.assign({}, ...names.map((name) => state[name]?.environment));
  });
}

/** Stops servers that up() started; their data and ports are kept for the next time. */
export async function down(
  names: readonly ServerName[],
  { dir, log }: Pick<StartOptions, 'dir' | 'log'>,
): Promise<void> {
  await locked(dir, log, async () => {
    const state = readState(dir);
    await Promise.all(
      names.map(async (name) => {
        const server = state[name];
        const ran = isRunning(server);
        await stopAll(server);
        if (server) server.processes = [];
        log(`${name}: ${ran ? 'stopped' : 'does not run'}`);
      }),
    );
    writeState(dir, state);
  });
}

/** One line for each process of each server. */
export function status(dir: string): string[] {
  const state = readState(dir);
  const rows = SERVER_NAMES.flatMap((name) => {
    const server = state[name];
    if (!server || server.processes.length === 0) return [[name, '-', '-', 'stopped']];
    return server.processes.map((process) => {
      const one = { ...server, processes: [process] };
      return [name, process.name, String(process.pid), isRunning(one) ? 'running' : 'ended'];
    });
  });
  const table = [['SERVER', 'PROCESS', 'PID', 'STATE'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
}

async function stopAll(server: ServerState | undefined): Promise<void> {
  for (const process of server?.processes.toReversed() ?? []) await stopGroup(process, STOP_GRACE_MS);
}

/** So that what somebody exported yesterday is right today, unless another program has taken one meanwhile. */
async function portsAsBefore(
  names: readonly ServerName[],
  state: Partial<Record<ServerName, ServerState>>,
): Promise<ServerPorts> {
  const ports: ServerPorts = {};
  for (const name of names) {
    const before = state[name]?.ports;
    if (!before) continue;
    const free = await Promise.all(Object.values(before).map(becomesFree));
    if (!free.includes(false)) ports[name] = before;
  }
  return ports;
}

function locked<T>(dir: string, log: (line: string) => void, work: () => Promise<T>): Promise<T> {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  return withLock(join(dir, 'lock'), 'servers', log, work);
}
