import type { Transfer, TransferLimits } from '../../workflows/contract.ts';
import type { StoreLimits } from '../stores/s3/limits.ts';

/** What a worker may use of all stores together, and the number of processes that share it. */
export interface WorkerLimits extends TransferLimits {
  processes: number;
}

/**
 * The share of one process: every process keeps its own count, so each has an equal part. A transfer that keeps only some
 * of the processes busy stays below its limit.
 */
export function limitsOf(
  transfer: Pick<Transfer, 'uid' | 'limits'>,
  { processes, ...worker }: WorkerLimits,
): StoreLimits[] {
  return [
    { scope: 'worker', ...share(worker, processes) },
    { scope: transfer.uid, ...share(transfer.limits ?? {}, processes) },
  ].filter(({ bytesPerSecond, requestsPerSecond }) => (bytesPerSecond ?? requestsPerSecond) !== undefined);
}

function share({ bytesPerSecond, requestsPerSecond }: TransferLimits, processes: number): TransferLimits {
  return {
    ...(bytesPerSecond === undefined ? {} : { bytesPerSecond: bytesPerSecond / processes }),
    ...(requestsPerSecond === undefined ? {} : { requestsPerSecond: requestsPerSecond / processes }),
  };
}
