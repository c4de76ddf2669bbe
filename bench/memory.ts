import { readFileSync, readdirSync } from 'node:fs';

const SAMPLE_MS = 50;

/** Samples the resident memory of a process and all its descendants; Linux only. */
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
    const children = new Map<number, number[]>();
    for (const name of readdirSync('/proc')) {
      const pid = Number(name);
      const parent = Number(/^PPid:\t(\d+)/m.exec(statusOf(pid))?.[1]);
      if (pid && parent) children.set(parent, [...(children.get(parent) ?? []), pid]);
    }
    let sum = 0;
    const open = [this.#root];
    for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
      sum += Number(/^VmRSS:\s+(\d+) kB/m.exec(statusOf(pid))?.[1] ?? 0) / 1024;
      open.push(...(children.get(pid) ?? []));
    }
    this.#peak = Math.max(this.#peak, sum);
  }
}

function statusOf(pid: number): string {
  if (!pid) return '';
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}
