import { fork, type ChildProcess } from 'node:child_process';
import { TransferError, type FailureCode } from '../failures.ts';
import type { PlanHints } from '../../workflows/contract.ts';

/** From the pool to an engine process: a job, or the answer to its request to commit. */
export type JobMessage<Job> = { id: number; job: Job } | { id: number; committed: true };

/** From an engine process to the pool. */
export type JobAnswer =
  | { id: number; commit: true }
  | { id: number; result: unknown }
  | { id: number; error: { code: FailureCode; message: string; hints?: PlanHints; retryAfterMs?: number } };

export interface PoolOptions {
  /** Program of an engine process; see serveJobs. */
  entry: URL;
  processes: number;
  /** Jobs at once in one process: while one converts, the others may download and upload. */
  jobsPerProcess: number;
  /** A process is replaced after so many jobs, which gives its memory back. */
  jobsPerLife: number;
  /** Settings for the processes; credentials travel in jobs, never here. */
  environment: Record<string, string>;
  /** Called when a process has ended, so that what it left can be removed. */
  ended?: (pid: number) => void;
}

interface Pending<Job> {
  id: number;
  job: Job;
  group: string;
  resolve(result: unknown): void;
  reject(error: Error): void;
  /** Processes that died under it. */
  crashes: number;
  cancelled: boolean;
  /** Past the point of no return: it runs to its end, whatever is cancelled. */
  committed: boolean;
}

interface Member<Job> {
  child: ChildProcess;
  running: Map<number, Pending<Job>>;
  started: number;
}

/** A job whose process has died so often is to blame itself. */
const CRASHES_ALLOWED = 1;

/**
 * A few long-lived child processes that take jobs. A hostile file, a native crash or an operation that
 * cannot be interrupted costs one process and is repeated or reported, never the worker. Cancelling a job kills
 * its process; neighbours in it are run again.
 */
export class EnginePool<Job> {
  readonly #options: PoolOptions;
  readonly #members = new Set<Member<Job>>();
  readonly #queue: Pending<Job>[] = [];
  #nextId = 0;
  #closed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
    for (let index = 0; index < options.processes; index += 1) this.#start();
  }

  /** Processes, each of which converts one chunk at a time. */
  get processes(): number {
    return this.#options.processes;
  }

  /** Jobs that run at once. */
  get capacity(): number {
    return this.#options.processes * this.#options.jobsPerProcess;
  }

  /** Jobs of one group run in order; groups share the processes evenly, so that a small one need not wait for a large. */
  async run<Result>(job: Job, group: string, signal: AbortSignal): Promise<Result> {
    signal.throwIfAborted();
    if (this.#closed) throw new TransferError('EngineCrashed', 'the worker is shutting down');
    return new Promise<Result>((resolve, reject) => {
      const pending: Pending<Job> = {
        id: this.#nextId++,
        job,
        group,
        crashes: 0,
        cancelled: false,
        committed: false,
        resolve: (result) => {
          signal.removeEventListener('abort', cancel);
          resolve(result as Result);
        },
        reject: (error) => {
          signal.removeEventListener('abort', cancel);
          reject(error);
        },
      };
      const cancel = (): void => {
        if (pending.committed) return;
        pending.cancelled = true;
        const queued = this.#queue.indexOf(pending);
        if (queued >= 0) this.#queue.splice(queued, 1);
        for (const member of this.#members) if (member.running.has(pending.id)) member.child.kill('SIGKILL');
        pending.reject(signal.reason as Error);
      };
      signal.addEventListener('abort', cancel, { once: true });
      this.#queue.push(pending);
      this.#dispatch();
    });
  }

  /** Ends all processes; what still runs fails. */
  close(): void {
    this.#closed = true;
    for (const pending of this.#queue.splice(0))
      pending.reject(new TransferError('EngineCrashed', 'the worker is shutting down'));
    for (const member of this.#members) member.child.kill('SIGKILL');
  }

  #start(): void {
    const child = fork(this.#options.entry, {
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: {
        PATH: process.env['PATH'] ?? '',
        TZ: 'UTC',
        // Otherwise glibc keeps freed memory for every thread: some 25 MiB a process.
        MALLOC_ARENA_MAX: '2',
        ...this.#options.environment,
      },
    });
    const member: Member<Job> = { child, running: new Map(), started: 0 };
    this.#members.add(member);
    child.on('message', (answer) => this.#answered(member, answer as JobAnswer));
    child.once('error', () => this.#ended(member));
    child.once('exit', () => this.#ended(member));
  }

  #dispatch(): void {
    while (this.#queue.length > 0) {
      const free = [...this.#members]
        .filter(
          (member) =>
            member.running.size < this.#options.jobsPerProcess && member.started < this.#options.jobsPerLife,
        )
        .sort((a, b) => a.running.size - b.running.size)[0];
      if (free === undefined) return;
      const pending = this.#takeNext();
      free.running.set(pending.id, pending);
      free.started += 1;
      free.child.send({ id: pending.id, job: pending.job } satisfies JobMessage<Job>, (error) => {
        // The process is going down; its exit event takes care of the job.
        if (error) free.child.kill('SIGKILL');
      });
    }
  }

  /** The first job of the group that has the fewest running. */
  #takeNext(): Pending<Job> {
    const running = new Map<string, number>();
    for (const member of this.#members)
      for (const { group } of member.running.values()) running.set(group, (running.get(group) ?? 0) + 1);
    let next = 0;
    let fewest = Infinity;
    for (const [index, { group }] of this.#queue.entries()) {
      const count = running.get(group) ?? 0;
      if (count < fewest) [next, fewest] = [index, count];
      if (count === 0) break;
    }
    return this.#queue.splice(next, 1)[0]!;
  }

  #answered(member: Member<Job>, answer: JobAnswer): void {
    const pending = member.running.get(answer.id);
    if (pending === undefined) return;
    if ('commit' in answer) {
      if (pending.cancelled) return;
      pending.committed = true;
      member.child.send({ id: answer.id, committed: true } satisfies JobMessage<Job>);
      return;
    }
    member.running.delete(answer.id);
    if ('result' in answer) pending.resolve(answer.result);
    else {
      const { code, message, ...more } = answer.error;
      pending.reject(new TransferError(code, message, more));
    }
    if (member.started >= this.#options.jobsPerLife && member.running.size === 0) member.child.disconnect();
    this.#dispatch();
  }

  #ended(member: Member<Job>): void {
    if (!this.#members.delete(member)) return;
    if (member.child.pid !== undefined) this.#options.ended?.(member.child.pid);
    const jobs = [...member.running.values()];
    const killed = jobs.some((pending) => pending.cancelled);
    for (const pending of jobs) {
      if (pending.cancelled) continue;
      if (!killed) pending.crashes += 1;
      if (this.#closed || pending.crashes > CRASHES_ALLOWED)
        pending.reject(
          new TransferError('EngineCrashed', 'the engine process ended while it worked on this chunk'),
        );
      else this.#queue.unshift(pending);
    }
    if (this.#closed) return;
    this.#start();
    this.#dispatch();
  }
}
