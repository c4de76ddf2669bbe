import { hasSameResult } from '../contract/revision.ts';
import { LEAST_BYTES_PER_SECOND, MOST_REQUESTS_PER_SECOND, type RetryRequest } from '../contract/control.ts';
import type { Revision, Transfer, TransferLimits } from '../contract.ts';

/** Characters. */
const MOST_REASON = 1_000;

/** What is wrong with an argument, and what would be right; undefined when nothing is. */
type Problem = string | undefined;

/** Of `pause` and `cancel`. */
export function reasonProblem(reason: unknown): Problem {
  if (reason === undefined || reason === null) return undefined;
  if (typeof reason === 'string' && reason.length <= MOST_REASON) return undefined;
  return `the reason must be a text of at most ${MOST_REASON} characters, or left out`;
}

export function retryProblem(request: unknown): Problem {
  if (request === undefined || request === null) return undefined;
  const { parkedSince, ...others } = isObject(request) ? (request as RetryRequest) : { other: request };
  const fits = parkedSince === undefined || typeof parkedSince === 'string';
  return fits && Object.keys(others).length === 0 ? undefined : 'retry takes no argument';
}

export function limitsProblem(limits: unknown): Problem {
  const right = `{"bytesPerSecond": ${16 * 1024 * 1024}, "requestsPerSecond": 100}, one of them, or {} for no limits`;
  if (!isObject(limits)) return `setLimits takes ${right}`;
  const { bytesPerSecond, requestsPerSecond, ...others } = limits as TransferLimits;
  const [other] = Object.keys(others);
  if (other !== undefined)
    return `there is no limit ${JSON.stringify(other.slice(0, 100))}: setLimits takes ${right}`;
  if (!isBetween(bytesPerSecond, LEAST_BYTES_PER_SECOND, Number.MAX_SAFE_INTEGER))
    return `bytesPerSecond must be a whole number, at least ${LEAST_BYTES_PER_SECOND}`;
  if (!isBetween(requestsPerSecond, 1, MOST_REQUESTS_PER_SECOND))
    return `requestsPerSecond must be a whole number from 1 to ${MOST_REQUESTS_PER_SECOND}`;
  return undefined;
}

/** @param present what the run does now */
export function revisionProblem(present: Transfer, revision: unknown): Problem {
  const { transfer, paused } = (isObject(revision) ? revision : {}) as Partial<Revision>;
  if (!isObject(transfer) || typeof transfer.generation !== 'number' || typeof paused !== 'boolean')
    return 'revise takes {"transfer": ..., "paused": ...}, as the operator sends it';
  if (!isObject(transfer.source) || !isObject(transfer.destination) || !hasSameResult(present, transfer))
    return 'the other transfer copies something else: cancel this run and start another one';
  return undefined;
}

function isBetween(value: unknown, least: number, most: number): boolean {
  return (
    value === undefined ||
    (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most)
  );
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
