import { readFileSync } from 'node:fs';

const SAMPLE_MS = 250;

/** Samples the resident memory of a process and its children; Linux only. */
export class MemoryMeter {
  readonly #root: number;
  readonly #timer: NodeJS.Timeout;
  #peak = 0;

  constructor(pid: number) {
    this.#root = pid;
    this.#timer = setInterval(() => this.#sample(), SAMPLE_MS);
  }

  /** Highest sum in MiB since the last call. */
  take(): number {
    this.#sample();
    const peak = this.#peak;
    this.#peak = 0;
    return peak;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #sample(): void {
    const children = read(`/proc/${this.#root}/task/${this.#root}/children`).split(' ').filter(Boolean);
    const sum = [this.#root, ...children].reduce<number>((total, pid) => total + residentMiB(pid), 0);
    this.#peak = Math.max(this.#peak, sum);
  }
}

function residentMiB(pid: number | string): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) / 1024;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
