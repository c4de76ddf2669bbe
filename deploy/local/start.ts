import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { planKubernetes } from './kubernetes.ts';
import { obtainAll } from './obtain.ts';
import { SERVER_PORTS, SERVER_PROGRAMS } from './plan.ts';
import type { PlanInput, ProcessName, ServerName, ServerPlan } from './plan.ts';
import { freePorts } from './ports.ts';
import { startDetached, startWatched, stopGroup } from './process.ts';
import type { Group, GroupId } from './process.ts';
import type { ProgramName } from './programs.ts';
import { ProcessEndedError, untilReady } from './ready.ts';
import { planS3 } from './s3.ts';
import { planTemporal } from './temporal.ts';

export interface StartOptions {
  /** Data, logs (`DIR/logs`) and credentials; kept by stop(), used again by the next start. */
  dir: string;
  /** Fixed ports; default: free ones. */
  ports?: ServerPorts;
  /** Paths of programs and of the cache; see obtain. */
  env: Record<string, string | undefined>;
  log: (line: string) => void;
  /** The servers outlive this process; default false: they die with it, even with kill -9. */
  detached?: boolean;
}

export type ServerPorts = Partial<Record<ServerName, Record<string, number>>>;

export interface RunningProcess extends GroupId {
  server: ServerName;
  name: ProcessName;
}

export interface RunningServers {
  /** For the programs that use the servers: KUBECONFIG, DDC_TEMPORAL_ADDRESS, ... */
  environment: Record<string, string>;
  ports: ServerPorts;
  /** A snapshot. */
  processes(): RunningProcess[];
  /** SIGKILL; resolves when the process is gone. */
  kill(name: ProcessName): Promise<void>;
  /** On the same port and data; resolves when it serves. Stops it first if it runs. */
  restart(name: ProcessName): Promise<void>;
  /** Ends everything; resolves when no process is left. */
  stop(): Promise<void>;
}

const PLANNERS: { [Name in ServerName]: (input: PlanInput<Name>) => ServerPlan } = {
  temporal: planTemporal,
  kubernetes: planKubernetes,
  s3: planS3,
};

const PORT_ATTEMPTS = 5;
const STOP_GRACE_MS = 3_000;

/**
 * Obtains and starts real servers on loopback, all at once; resolves when all serve.
 * @throws Error when one does not; then none is left running
 */
export async function startServers(names: readonly ServerName[], options: StartOptions): Promise<RunningServers> {
  const dir = resolve(options.dir);
  const needed = [...new Set<ProgramName>(names.flatMap((name) => SERVER_PROGRAMS[name]))];
  const programs = await obtainAll(needed, options);
  mkdirSync(join(dir, 'logs'), { recursive: true, mode: 0o700 });
  const servers = [...new Set(names)].map((name) => new Server(name, { ...options, dir }, programs));
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
    if (!found) throw new Error(`process "${name}" was not started; started were: ${servers.map((s) => s.name).join(', ')}`);
    return found;
  };
  return {
    get environment() {
      return Object.assign({}, ...servers.map((server) => server.environment)) as Record<string, string>;
    },
    get ports() {
      return Object.fromEntries(servers.map((server) => [server.name, server.ports]));
    },
    processes: () => servers.flatMap((server) => server.processes()),
    kill: async (name) => serverOf(name).kill(name),
    restart: async (name) => serverOf(name).restart(name),
    async stop() {
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}

class Server {
  readonly name: ServerName;
  ports: Record<string, number> = {};
  readonly #options: StartOptions;
  readonly #programs: Record<ProgramName, string>;
  readonly #groups = new Map<ProcessName, Group>();
  #plan: ServerPlan = { processes: [], environment: {} };

  constructor(name: ServerName, options: StartOptions, programs: Record<ProgramName, string>) {
    this.name = name;
    this.#options = options;
    this.#programs = programs;
  }

  get environment(): Record<string, string> {
    return this.#plan.environment;
  }

  has(name: ProcessName): boolean {
    return this.#plan.processes.some((process) => process.name === name);
  }

  processes(): RunningProcess[] {
    return [...this.#groups].map(([name, { pid, startTime }]) => ({ server: this.name, name, pid, startTime }));
  }

  async start(): Promise<void> {
    const { dir, log, ports: fixed } = this.#options;
    const began = Date.now();
    for (let attempt = 1; ; attempt++) {
      this.ports = fixed?.[this.name] ?? (await freePorts<string>(SERVER_PORTS[this.name]));
      const stateDir = join(dir, this.name);
      mkdirSync(stateDir, { recursive: true, mode: 0o700 });
      const planner = PLANNERS[this.name] as (input: unknown) => ServerPlan;
      this.#plan = planner({ dir: stateDir, ports: this.ports, programs: this.#programs });
      try {
        for (const process of this.#plan.processes) await this.#startProcess(process.name);
        log(`${this.name}: serves (${((Date.now() - began) / 1000).toFixed(1)} s)`);
        return;
      } catch (error) {
        await this.stop();
        const again = error instanceof ProcessEndedError && error.portTaken && !fixed?.[this.name];
        if (!again || attempt === PORT_ATTEMPTS) throw error;
        log(`${this.name}: a port was taken meanwhile; trying others`);
      }
    }
  }

  async restart(name: ProcessName): Promise<void> {
    await this.#stopProcess(name, STOP_GRACE_MS);
    await this.#startProcess(name);
  }

  async kill(name: ProcessName): Promise<void> {
    await this.#stopProcess(name, 0);
  }

  /** Those that use others first, so that none reports the loss of one that it needs. */
  async stop(): Promise<void> {
    for (const process of this.#plan.processes.toReversed()) await this.#stopProcess(process.name, STOP_GRACE_MS);
  }

  async #startProcess(name: ProcessName): Promise<void> {
    const plan = this.#plan.processes.find((process) => process.name === name);
    if (!plan) throw new Error(`${this.name} has no process "${name}"`);
    const logFile = join(this.#options.dir, 'logs', `${name}.log`);
    const startGroup = this.#options.detached ? startDetached : startWatched;
    const group = await startGroup(plan.command, { logFile });
    this.#groups.set(name, group);
    await untilReady(plan, group, logFile);
  }

  async #stopProcess(name: ProcessName, graceMs: number): Promise<void> {
    const group = this.#groups.get(name);
    if (!group) return;
    await stopGroup(group, graceMs);
    this.#groups.delete(name);
  }
}
