import type { TransferKind } from '../../workflows/contract/identity.ts';

const continuous = {
  imagePullPolicy: 'IfNotPresent',
  flowType: 'Stream',
  readDataType: 'ChangeData',
  writeDataType: 'LogData',
  writeOperation: 'Append',
  triggerInterval: '5 seconds',
} as const;

/** Defaults that the API server fills in (they are in the CRDs), by kind. */
export const defaults = {
  BatchTransfer: {
    imagePullPolicy: 'IfNotPresent',
    maxFailedRetries: 3,
    flowType: 'Batch',
    readDataType: 'LogData',
    writeDataType: 'LogData',
    writeOperation: 'Overwrite',
  },
  SyncTransfer: continuous,
  StreamTransfer: continuous,
} as const satisfies Record<TransferKind, object>;

/** Of BatchTransfers of motion.fybrik.io, as before: whoever wants retries has asked for them. */
export const MOTION_MAX_FAILED_RETRIES = 0;

/** Not in the CRDs: a default there would collide with the field's other spelling. */
export const DEFAULT_HISTORY_LIMIT = 5;

/** Not in the CRDs: they mean something with a schedule only. */
export const scheduleDefaults = {
  timeZone: 'UTC',
  overlapPolicy: 'Skip',
  catchupWindow: '1h',
  jitter: '0s',
} as const;
