import { TransferError } from '../failures.ts';
import type { JobAnswer, JobMessage } from './pool-types.ts';

/** What a job can ask of the pool. */
export interface JobContext {
  /**
   * Resolves when the job may take its point of no return: from then on it is not cancelled any more. A job
   * that has been cancelled never gets there.
   */
  commit(): Promise<void>;
}

export type JobHandler<Job> = (job: Job, context: JobContext) => Promise<unknown>;

/** The engine process's side of the pool: answers each job by `handle`, ends with its parent. */
export function serveJobs<Job>(handle: JobHandler<Job>): void {
  const commits = new Map<number, () => void>();
  // The worker is gone (perhaps killed): an orphan must not go on writing.
  process.on('disconnect', () => process.exit(0));
  // A terminal sends Ctrl-C to all of its processes: the parent decides what becomes of the work.
  process.on('SIGINT', () => undefined);
  process.on('message', (received) => {
    const message = received as JobMessage<Job>;
    const { id } = message;
    if ('committed' in message) {
      commits.get(id)?.();
      return;
    }
    const commit = (): Promise<void> =>
      new Promise((resolve) => {
        commits.set(id, resolve);
        answer({ id, commit: true });
      });
    void handle(message.job, { commit })
      .then(
        (result) => answer({ id, result }),
        (error: unknown) => answer({ id, error: describeError(error) }),
      )
      .finally(() => commits.delete(id));
  });
}

function answer(message: JobAnswer): void {
  if (process.connected) process.send!(message);
}

function describeError(error: unknown): Extract<JobAnswer, { error: unknown }>['error'] {
  if (error instanceof TransferError)
    return {
      code: error.code,
      message: error.message,
      ...(error.hints === undefined ? {} : { hints: error.hints }),
      ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    };
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return { code: 'ScratchFull', message: 'the scratch directory is full (DDC_SCRATCH_DIR)' };
  return {
    code: 'Internal',
    message: error instanceof Error ? error.message.split('\n')[0]! : 'unknown error',
  };
}
