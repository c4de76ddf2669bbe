import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { obtainAll } from './obtain.ts';
import { SERVER_PROGRAMS } from './plan.ts';
import type { ProcessName, ServerName } from './plan.ts';
import type { ProgramName } from './programs.ts';
import type { Log } from './progress.ts';
import { Server } from './server.ts';
import type { RunningProcess } from './server.ts';

export interface StartOptions {
  /** Data, logs (`DIR/logs`) and credentials; kept by stop(), used again by the next start. */
  dir: string;
  /** Fixed ports; default: free ones. */
  ports?: ServerPorts;
  /** Paths of programs and of the cache; see obtainAll. */
  env: Record<string, string | undefined>;
  log: Log;
}

export type ServerPorts = Partial<Record<ServerName, Record<string, number>>>;

export interface RunningServers {
  /** For the programs that use the servers: KUBECONFIG, DDC_TEMPORAL_ADDRESS, ... */
  readonly environment: Record<string, string>;
  /** Of one server. */
  environmentOf(name: ServerName): Record<string, string>;
  readonly ports: ServerPorts;
  /** A snapshot. */
  processes(): RunningProcess[];
  /** SIGKILL; resolves when the process is gone. */
  kill(name: ProcessName): Promise<void>;
  /** On the same port and data; resolves when it serves. Stops it first if it runs. */
  restart(name: ProcessName): Promise<void>;
  /** The servers outlive this process. Without it they die with it, even with kill -9. */
  release(): Promise<void>;
  /** Ends everything; resolves when no process is left. */
  stop(): Promise<void>;
}

/**
 * Obtains and starts real servers on loopback, all at once; resolves when all serve.
 * @throws Error when one does not, with the last lines of its log; then none is left running
 */
export async function startServers(
  names: readonly ServerName[],
  options: StartOptions,
): Promise<RunningServers> {
  const dir = resolve(options.dir);
  const { log, ports } = options;
  const programs = await obtainAll(
    [...new Set<ProgramName>(names.flatMap((name) => SERVER_PROGRAMS[name]))],
    options,
  );
  mkdirSync(join(dir, 'logs'), { recursive: true, mode: 0o700 });
  const servers = [...new Set(names)].map(
    (name) => new Server(name, { dir, ports: ports?.[name], programs, log }),
  );
  const running = combine(servers);
  const outcomes = await Promise.allSettled(servers.map((server) => server.start()));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) {
    await running.stop();
    throw failed.reason;
  }
  return running;
}

function combine(servers: readonly Server[]): RunningServers {
  const serverOf = (name: ProcessName): Server => {
    const found = servers.find((server) => server.has(name));
    if (found) return found;
    const started = servers.map((server) => server.name).join(', ') || 'none';
    throw new Error(`process "${name}" belongs to no server that was started here (${started})`);
  };
  return {
    get environment() {
      return Object.fromEntries(servers.flatMap((server) => Object.entries(server.environment)));
    },
    environmentOf: (name) => servers.find((server) => server.name === name)?.environment ?? {},
    get ports() {
      return Object.fromEntries(servers.map((server) => [server.name, server.ports]));
    },
    processes: () => servers.flatMap((server) => server.processes()),
    kill: async (name) => serverOf(name).kill(name),
    restart: async (name) => serverOf(name).restart(name),
    async release() {
      await Promise.all(servers.map((server) => server.release()));
    },
    async stop() {
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}
