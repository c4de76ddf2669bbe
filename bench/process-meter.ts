import { readFileSync } from 'node:fs';

const SAMPLE_MS = 250;
/** Of `/proc/PID/stat`; the same on all of Linux' common machines. */
const TICKS_PER_SECOND = 100;
/** Of `/proc/PID/stat`, behind the name: utime and stime, and then cutime and cstime of children that have ended. */
const OWN = [11, 13] as const;
const OWN_AND_ENDED = [11, 15] as const;

/** Resident memory and CPU time of a process and its children; Linux only. */
export class ProcessMeter {
  readonly #root: number;
  readonly #timer: NodeJS.Timeout;
  #peak = 0;

  constructor(pid: number) {
    this.#root = pid;
    this.#timer = setInterval(() => this.#sample(), SAMPLE_MS);
  }

  /** Highest sum of resident memory in MiB since the last call. */
  takePeak(): number {
    this.#sample();
    const peak = this.#peak;
    this.#peak = 0;
    return peak;
  }

  /** Resident memory now, MiB. */
  resident(): number {
    return this.#family().reduce<number>((total, pid) => total + residentMiB(pid), 0);
  }

  /** CPU seconds since the start, user and system, those of children that have ended too. */
  cpuSeconds(): number {
    return this.#family().reduce<number>((total, pid) => total + cpuSeconds(pid), 0);
  }

  /** Of the process itself, without its children. */
  ownCpuSeconds(): number {
    return cpuSeconds(this.#root, OWN);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #family(): (number | string)[] {
    const children = read(`/proc/${this.#root}/task/${this.#root}/children`);
    return [this.#root, ...children.split(' ').filter(Boolean)];
  }

  #sample(): void {
    this.#peak = Math.max(this.#peak, this.resident());
  }
}

function residentMiB(pid: number | string): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) / 1024;
}

function cpuSeconds(pid: number | string, fields: readonly [number, number] = OWN_AND_ENDED): number {
  const stat = read(`/proc/${pid}/stat`);
  // counted behind the name, which may hold anything
  const ticks = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(...fields);
  return ticks.reduce((sum, each) => sum + Number(each), 0) / TICKS_PER_SECOND;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
