import type { ChildProcess } from 'node:child_process';
import type { PlanHints } from '../../workflows/contract.ts';
import type { FailureCode } from '../failures.ts';

/** From the pool to an engine process: a job, or the answer to its request to commit. */
export type JobMessage<Job> = { id: number; job: Job } | { id: number; committed: true };

/** From an engine process to the pool. */
export type JobAnswer =
  | { id: number; commit: true }
  | { id: number; result: unknown }
  | { id: number; error: { code: FailureCode; message: string; hints?: PlanHints; retryAfterMs?: number } };

export interface PoolOptions<Job> {
  /** Program of an engine process; see serveJobs. */
  entry: URL;
  processes: number;
  /** Jobs at once in one process: while one converts, the others may download and upload. */
  jobsPerProcess: number;
  /** A process is replaced after so many jobs, which gives its memory back. */
  jobsPerLife: number;
  /** Bytes that jobs in work may use together, and those that one is expected to use (throws when it never can). */
  scratch: { limit: number; expected(job: Job): number };
  /** Settings for the processes; credentials travel in jobs, never here. */
  environment: Record<string, string>;
  /** Called when a process has ended, to remove what it left. */
  ended?: (pid: number) => Promise<void>;
}

/** A job that waits or runs. */
export interface Pending<Job> {
  readonly id: number;
  readonly job: Job;
  readonly group: string;
  /** Bytes reserved while it runs. */
  scratch: number;
  /** Processes that died under it. */
  crashes: number;
  cancelled: boolean;
  /** Past the point of no return: it runs to its end, whatever is cancelled. */
  committed: boolean;
  resolve(result: unknown): void;
  reject(error: Error): void;
  /** Rejects with the reason of the cancellation. */
  cancel(): void;
}

/** An engine process. */
export interface Member<Job> {
  readonly child: ChildProcess;
  readonly running: Map<number, Pending<Job>>;
  /** Jobs so far. */
  started: number;
  answered: boolean;
  /** By the pool: its end blames no job. */
  killed: boolean;
  /** Killed because it used too much scratch space. */
  shed: boolean;
}
