/**
 * What a run can be asked while it goes on. Each name is an update, which answers, and a signal, which waits for a worker
 * without keeping anybody.
 */
export const CONTROLS = {
  /** Argument: why (text), or none. */
  pause: 'pause',
  resume: 'resume',
  /** Argument: RetryRequest, or none. */
  retry: 'retry',
  /** Argument: why (text), or none. */
  cancel: 'cancel',
  /** Argument: TransferLimits. */
  setLimits: 'setLimits',
  /** Argument: Revision. */
  revise: 'revise',
} as const;

export interface RetryRequest {
  /** Only if it has been parked since then: asked twice, it is done once. */
  parkedSince?: string;
}

/** Less would leave connections without a byte for so long that stores close them. */
export const LEAST_BYTES_PER_SECOND = 256 * 1024;
export const MOST_REQUESTS_PER_SECOND = 1_000_000;

/** Of a run that is Fatal and keeps what it has done. ISO 8601. */
export interface Parked {
  since: string;
  /** Then it is given up, and what it has done is removed. */
  until: string;
}

export interface Paused {
  /** ISO 8601. */
  since: string;
  /** For people. */
  reason: string;
}
