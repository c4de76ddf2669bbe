import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { planKubernetes } from './kubernetes.ts';
import { planMinio } from './minio.ts';
import { SERVER_PORTS } from './plan.ts';
import type { PlanInput, ProcessName, ServerName, ServerPlan } from './plan.ts';
import { freePorts } from './ports.ts';
import { startWatched, stopGroup } from './process.ts';
import type { Group, GroupId } from './process.ts';
import type { ProgramName } from './programs.ts';
import { seconds } from './progress.ts';
import type { Log } from './progress.ts';
import { ProcessEndedError, untilReady } from './ready.ts';
import { planS3 } from './s3.ts';
import { planTemporal } from './temporal.ts';
import { planVault } from './vault.ts';

const PLANNERS: Record<ServerName, (input: PlanInput) => ServerPlan> = {
  temporal: planTemporal,
  kubernetes: planKubernetes,
  s3: planS3,
  minio: planMinio,
  vault: planVault,
};

const PORT_ATTEMPTS = 5;
const STOP_GRACE_MS = 3_000;

export interface RunningProcess extends GroupId {
  server: ServerName;
  name: ProcessName;
}

export interface ServerOptions {
  /** Of all servers; this one's state is in a directory of its name, logs are in `logs`. */
  dir: string;
  /** Default: free ones. */
  ports?: Record<string, number> | undefined;
  programs: Partial<Record<ProgramName, string>>;
  log: Log;
}

/** One server and its processes. */
export class Server {
  readonly name: ServerName;
  ports: Record<string, number> = {};
  readonly #options: ServerOptions;
  readonly #groups = new Map<ProcessName, Group>();
  #plan: ServerPlan = { processes: [], environment: {} };

  constructor(name: ServerName, options: ServerOptions) {
    this.name = name;
    this.#options = options;
  }

  get environment(): Record<string, string> {
    return this.#plan.environment;
  }

  has(name: ProcessName): boolean {
    return this.#plan.processes.some((process) => process.name === name);
  }

  processes(): RunningProcess[] {
    return [...this.#groups].map(([name, { pid, startTime }]) => ({
      server: this.name,
      name,
      pid,
      startTime,
    }));
  }

  /** @throws Error when a process does not serve; then none is left */
  async start(): Promise<void> {
    const { log, ports: fixed } = this.#options;
    const began = Date.now();
    for (let attempt = 1; ; attempt++) {
      this.ports = fixed ?? (await freePorts(SERVER_PORTS[this.name]));
      this.#plan = this.#makePlan();
      try {
        for (const process of this.#plan.processes) await this.#startProcess(process.name);
        log(`${this.name}: serves (${seconds(Date.now() - began)})`);
        return;
      } catch (error) {
        await this.stop();
        const again = error instanceof ProcessEndedError && error.portTaken && !fixed;
        if (!again || attempt === PORT_ATTEMPTS) throw error;
        log(`${this.name}: a port was taken meanwhile; trying others`);
      }
    }
  }

  async release(): Promise<void> {
    for (const group of this.#groups.values()) await group.release();
  }

  async restart(name: ProcessName): Promise<void> {
    await this.#stopProcess(name, STOP_GRACE_MS);
    await this.#startProcess(name);
  }

  async kill(name: ProcessName): Promise<void> {
    await this.#stopProcess(name, 0);
  }

  /** Those that use others first, so that none complains of the loss of one that it needs. */
  async stop(): Promise<void> {
    for (const process of this.#plan.processes.toReversed())
      await this.#stopProcess(process.name, STOP_GRACE_MS);
  }

  #makePlan(): ServerPlan {
    const dir = join(this.#options.dir, this.name);
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    return PLANNERS[this.name]({
      dir,
      port: (name) => found(this.ports[name], `port "${name}"`),
      program: (name) => found(this.#options.programs[name], `program "${name}"`),
    });
  }

  async #startProcess(name: ProcessName): Promise<void> {
    const plan = found(
      this.#plan.processes.find((process) => process.name === name),
      `process "${name}"`,
    );
    const logFile = join(this.#options.dir, 'logs', `${name}.log`);
    const group = await startWatched(plan.command, { logFile });
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

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`${what} is missing`);
  return value;
}
