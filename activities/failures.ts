import type { FailureClass, PlanHints } from '../workflows/contract.ts';

/**
 * Every error that a transfer can end with or wait on, and what is done about it. The workflow and the
 * status read the class, never the text.
 */
export const FAILURE_CLASSES = {
  // the resource asks for something impossible
  InvalidOption: 'fatal',
  UnknownColumn: 'fatal',
  InvalidFilter: 'fatal',
  Unsupported: 'fatal',
  // the source or destination is not what the resource says
  ObjectNotFound: 'fatal',
  BucketNotFound: 'fatal',
  AccessDenied: 'fatal',
  InvalidEndpoint: 'fatal',
  EgressDenied: 'fatal',
  MalformedData: 'fatal',
  SecretNotFound: 'fatal',
  ResourceGone: 'fatal',
  // our own invariants
  VerificationFailed: 'fatal',
  // may pass
  StoreUnavailable: 'retry',
  Throttled: 'retry',
  SecretUnavailable: 'retry',
  EngineCrashed: 'retry',
  ScratchFull: 'retry',
  DestinationBusy: 'retry',
  Internal: 'retry',
  // the plan no longer fits
  SourceChanged: 'replan',
  DestinationChanged: 'replan',
  CutInsideQuotes: 'replan',
  TypeContradicted: 'replan',
  UploadLost: 'replan',
  SecretChanged: 'replan',
} as const satisfies Record<string, FailureClass>;

export type FailureCode = keyof typeof FAILURE_CLASSES;

/**
 * An error whose message is for the user: names the field, value, object or line, and what would be right.
 * Never holds a credential or a stack.
 */
export class TransferError extends Error {
  readonly code: FailureCode;
  readonly hints: PlanHints | undefined;
  /** Milliseconds to wait before a retry, when the store asked for it. */
  readonly retryAfterMs: number | undefined;
  /** Whether the point of no return was passed: what the step writes may be visible. */
  committed = false;

  constructor(
    code: FailureCode,
    message: string,
    more: { cause?: unknown; hints?: PlanHints; retryAfterMs?: number } = {},
  ) {
    super(message, { cause: more.cause });
    this.name = 'TransferError';
    this.code = code;
    this.hints = more.hints;
    this.retryAfterMs = more.retryAfterMs;
  }

  get class(): FailureClass {
    return FAILURE_CLASSES[this.code];
  }

  /** The same error, and what else is to be said about it. */
  with(more: string): TransferError {
    const { code, message, hints, retryAfterMs, committed } = this;
    const asked = { ...(hints && { hints }), ...(retryAfterMs && { retryAfterMs }) };
    const error = new TransferError(code, `${message}; ${more}`, { cause: this, ...asked });
    return Object.assign(error, { committed });
  }
}
