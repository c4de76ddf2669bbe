import { TransferError, type FailureCode } from '../failures.ts';
import type { SecretAnswer } from './request.ts';

/** Statuses that pass: standby nodes, consistency that is still to come, rate limits. All from 500 on, too: sealed is 503. */
const PASSING = new Set([307, 408, 412, 425, 429, 472, 473]);

const CODES: Record<number, FailureCode> = {
  401: 'AccessDenied',
  403: 'AccessDenied',
  404: 'SecretNotFound',
};

/**
 * What an answer other than 2xx means. Its text is not looked at: it may hold anything.
 * @param hints what would be right, by status
 */
export function refusal(
  { status, retryAfterMs }: SecretAnswer,
  doing: string,
  hints: Readonly<Record<number, string>> = {},
): TransferError {
  const hint = hints[status] === undefined ? '' : `; ${hints[status]}`;
  if (status >= 500 || PASSING.has(status))
    return new TransferError(
      'SecretUnavailable',
      `${doing}: not available now (${status}${hint})`,
      retryAfterMs === undefined ? {} : { retryAfterMs },
    );
  const code = CODES[status] ?? 'InvalidOption';
  const words = { AccessDenied: 'denied', SecretNotFound: 'nothing is there' }[code as string] ?? 'refused';
  return new TransferError(code, `${doing}: ${words} (${status})${hint}`);
}

/** An answer that should hold a secret and is something else, e.g. a web page of a proxy. */
export function noSecret(doing: string): TransferError {
  return new TransferError('SecretUnavailable', `${doing}: the answer is not one of a secret's keys`);
}
