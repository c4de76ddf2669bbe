import { fork } from 'node:child_process';
import { TransferError } from '../failures.ts';
import { Budget } from './budget.ts';
import { FairQueue } from './fair-queue.ts';
import { crashed, scratchExceeded, shuttingDown } from './pool-errors.ts';
import type { JobAnswer, JobMessage, Member, Pending, PoolOptions } from './pool-types.ts';
import { Restarts } from './restarts.ts';

/** A job whose process has died so often is to blame itself. */
const CRASHES_ALLOWED = 1;
/**
 * Bytes that pass through count for V8 as garbage to be collected. Beside its small heap they made it mark everything
 * some ten times a chunk, a sixth of the CPU time; with this the next collection comes later, and costs some 20 MiB.
 */
const V8_OPTIONS = ['--initial-old-space-size=48'];

/**
 * A few long-lived child processes that take jobs. A hostile file, a native crash or an operation that
 * cannot be interrupted costs one process and is repeated or reported, never the worker. Cancelling a job kills
 * its process; neighbours in it are run again. Jobs in work share a budget of scratch space.
 */
export class EnginePool<Job> {
  readonly #options: PoolOptions<Job>;
  readonly #members = new Set<Member<Job>>();
  readonly #queue = new FairQueue<Pending<Job>>();
  readonly #budget: Budget;
  readonly #restarts = new Restarts();
  readonly #starting = new Set<NodeJS.Timeout>();
  #nextId = 0;
  #closed = false;

  constructor(options: PoolOptions<Job>) {
    this.#options = options;
    this.#budget = new Budget(options.scratch.limit);
    for (let index = 0; index < options.processes; index += 1) this.#start();
  }

  /** Processes, each of which converts one chunk at a time. */
  get processes(): number {
    return this.#options.processes;
  }

  /** Bytes of scratch space that jobs in work may use together. */
  get scratch(): number {
    return this.#budget.total;
  }

  /** Jobs that run at once. */
  get capacity(): number {
    return this.#options.processes * this.#options.jobsPerProcess;
  }

  /**
   * Jobs of one group run in order; groups share the processes evenly. When it is cancelled it rejects with the
   * signal's reason once the process is gone that had the job: nothing of it comes after.
   */
  async run<Result>(job: Job, group: string, signal: AbortSignal): Promise<Result> {
    signal.throwIfAborted();
    if (this.#closed) throw shuttingDown();
    const scratch = Math.min(this.#budget.total, this.#options.scratch.expected(job));
    return new Promise<Result>((resolve, reject) => {
      const pending: Pending<Job> = {
        id: this.#nextId++,
        job,
        group,
        scratch,
        crashes: 0,
        cancelled: false,
        committed: false,
        resolve: (result) => {
          signal.removeEventListener('abort', cancel);
          resolve(result as Result);
        },
        reject: (error) => {
          signal.removeEventListener('abort', cancel);
          if (error instanceof TransferError) error.committed = pending.committed;
          reject(error);
        },
        cancel: () => pending.reject(signal.reason as Error),
      };
      const cancel = (): void => this.#cancel(pending);
      signal.addEventListener('abort', cancel, { once: true });
      this.#queue.push(pending);
      this.#dispatch();
    });
  }

  /**
   * The processes use more scratch space than they may: ends the one that is furthest beyond what its jobs were
   * expected to use. They are repeated with more reserved; a job that had everything fails.
   * @param used by process id, in bytes
   */
  shed(used: ReadonlyMap<number, number>): void {
    let worst: Member<Job> | undefined;
    let most = 0;
    for (const member of this.#members) {
      const expected = reservedBy(member);
      const excess = (used.get(member.child.pid ?? 0) ?? 0) - expected;
      if (!member.killed && member.running.size > 0 && excess > most) [worst, most] = [member, excess];
    }
    if (worst === undefined) return;
    worst.shed = true;
    kill(worst);
  }

  /** Ends all processes; what still runs fails. */
  close(): void {
    this.#closed = true;
    for (const timer of this.#starting) clearTimeout(timer);
    for (const pending of this.#queue.clear()) pending.reject(shuttingDown());
    for (const member of this.#members) kill(member);
  }

  #start(): void {
    const child = fork(this.#options.entry, {
      serialization: 'advanced',
      execArgv: [...process.execArgv, ...V8_OPTIONS],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: {
        PATH: process.env['PATH'] ?? '',
        TZ: 'UTC',
        // Authorities that the worker trusts.
        ...(process.env['NODE_EXTRA_CA_CERTS'] === undefined
          ? {}
          : { NODE_EXTRA_CA_CERTS: process.env['NODE_EXTRA_CA_CERTS'] }),
        // Otherwise glibc keeps freed memory for every thread: some 25 MiB a process.
        MALLOC_ARENA_MAX: '2',
        ...this.#options.environment,
      },
    });
    const member: Member<Job> = {
      child,
      running: new Map(),
      started: 0,
      answered: false,
      killed: false,
      shed: false,
    };
    this.#members.add(member);
    child.on('message', (answer) => this.#answered(member, answer as JobAnswer));
    child.once('exit', () => this.#ended(member));
    child.on('error', () => {
      // Not started at all, or not to be reached any more.
      if (child.pid === undefined) this.#ended(member);
      else child.kill('SIGKILL');
    });
  }

  #dispatch(): void {
    for (;;) {
      const members = [...this.#members];
      const next = this.#queue.next(members.flatMap(({ running }) => [...running.values()]));
      const free = members
        .filter((member) => !member.killed && member.running.size < this.#options.jobsPerProcess)
        .filter(({ started }) => started < this.#options.jobsPerLife)
        .sort((a, b) => a.running.size - b.running.size)[0];
      // A job that needs much waits until there is enough; none overtakes it, or it might wait for ever.
      if (next === undefined || free === undefined || !this.#budget.reserve(next.scratch)) return;
      this.#queue.remove(next);
      free.running.set(next.id, next);
      free.started += 1;
      free.child.send({ id: next.id, job: next.job } satisfies JobMessage<Job>, (error) => {
        // The process is going down; its exit event takes care of the job.
        if (error) free.child.kill('SIGKILL');
      });
    }
  }

  #cancel(pending: Pending<Job>): void {
    if (pending.committed) return;
    if (this.#queue.remove(pending)) {
      pending.cancel();
      return;
    }
    pending.cancelled = true;
    for (const member of this.#members) if (member.running.has(pending.id)) kill(member);
  }

  #answered(member: Member<Job>, answer: JobAnswer): void {
    member.answered = true;
    this.#restarts.answered();
    const pending = member.running.get(answer.id);
    // The process of a cancelled job is being killed: that it is gone is the answer.
    if (pending === undefined || pending.cancelled) return;
    if ('commit' in answer) {
      pending.committed = true;
      member.child.send({ id: answer.id, committed: true } satisfies JobMessage<Job>);
      return;
    }
    member.running.delete(answer.id);
    this.#budget.release(pending.scratch);
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
    const reserved = reservedBy(member);
    for (const pending of member.running.values()) this.#interrupted(pending, member);
    void this.#replace(member, reserved);
  }

  /** What the process has left counts against the budget until it is removed. */
  async #replace({ child, killed, answered }: Member<Job>, reserved: number): Promise<void> {
    const delay = this.#restarts.delay(!killed, answered);
    if (child.pid !== undefined) await this.#options.ended?.(child.pid).catch(() => undefined);
    this.#budget.release(reserved);
    if (this.#closed) return;
    if (delay === 0) this.#start();
    else this.#startAfter(delay);
    this.#dispatch();
  }

  #startAfter(milliseconds: number): void {
    const timer = setTimeout(() => {
      this.#starting.delete(timer);
      this.#start();
      this.#dispatch();
    }, milliseconds);
    this.#starting.add(timer);
  }

  /** Decides about a job whose process has ended. */
  #interrupted(pending: Pending<Job>, member: Member<Job>): void {
    const { total } = this.#budget;
    if (!member.killed) pending.crashes += 1;
    if (pending.cancelled) pending.cancel();
    else if (this.#closed) pending.reject(shuttingDown());
    else if (pending.crashes > CRASHES_ALLOWED) pending.reject(crashed());
    else if (member.shed && pending.scratch >= total) pending.reject(scratchExceeded(total));
    else {
      if (member.shed) pending.scratch = Math.min(total, pending.scratch * 2);
      this.#queue.putBack(pending);
    }
  }
}

function kill<Job>(member: Member<Job>): void {
  member.killed = true;
  member.child.kill('SIGKILL');
}

/** Bytes. */
function reservedBy<Job>(member: Member<Job>): number {
  let sum = 0;
  for (const { scratch } of member.running.values()) sum += scratch;
  return sum;
}
