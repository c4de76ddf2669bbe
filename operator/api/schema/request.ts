import type { BatchTransferSpec } from './batch-transfer.ts';
import type { SyncTransferSpec } from './sync-transfer.ts';

/** A spec and the kind that says what is in it. */
export type Request =
  | { kind: 'BatchTransfer'; spec: BatchTransferSpec }
  | { kind: 'SyncTransfer' | 'StreamTransfer'; spec: SyncTransferSpec };
