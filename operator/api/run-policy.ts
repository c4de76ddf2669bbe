import { parseDuration } from './checks/duration.ts';
import { canonicalTimeZone } from './checks/time-zone.ts';
import { DEFAULT_HISTORY_LIMIT, scheduleDefaults } from './default-values.ts';
import type { BatchTransferSpec } from './schema/batch-transfer.ts';

/** When runs start; milliseconds. */
export interface TransferSchedule {
  /** Five fields or a descriptor. */
  cron: string;
  /** IANA name. */
  timeZone: string;
  overlapPolicy: 'Skip' | 'BufferOne' | 'CancelOther';
  catchupWindow: number;
  jitter: number;
}

/** How many ended runs the status remembers. */
export interface HistoryLimits {
  successful: number;
  failed: number;
}

/** Of a resource: when its transfer runs, apart from what a run does. */
export interface RunPolicy {
  /** Absent: once. */
  schedule?: TransferSchedule;
  suspend: boolean;
  /** Runs begin no further chunk; absent = they do. */
  paused?: true;
  historyLimits: HistoryLimits;
}

/** For specs that have passed validation and have their defaults. */
export function runPolicy(spec: BatchTransferSpec): RunPolicy {
  const {
    schedule,
    suspend = false,
    paused = false,
    successfulJobHistoryLimit,
    failedJobHistoryLimit,
  } = spec;
  return {
    suspend,
    historyLimits: {
      successful: successfulJobHistoryLimit ?? DEFAULT_HISTORY_LIMIT,
      failed: failedJobHistoryLimit ?? DEFAULT_HISTORY_LIMIT,
    },
    ...(paused && { paused }),
    ...(schedule === undefined ? {} : { schedule: transferSchedule(schedule, spec) }),
  };
}

function transferSchedule(cron: string, spec: BatchTransferSpec): TransferSchedule {
  const { timeZone, overlapPolicy, catchupWindow, jitter } = scheduleDefaults;
  return {
    cron,
    timeZone: known(canonicalTimeZone(spec.timeZone ?? timeZone)),
    overlapPolicy: spec.overlapPolicy ?? overlapPolicy,
    catchupWindow: known(parseDuration(spec.catchupWindow ?? catchupWindow)),
    jitter: known(parseDuration(spec.jitter ?? jitter)),
  };
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('not a validated spec');
  return value;
}
