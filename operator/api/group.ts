import type { TransferKind } from '../../workflows/contract/identity.ts';

export const API_GROUP = 'fybrik.io';
export const API_VERSION = `${API_GROUP}/v1`;

export const KINDS = ['BatchTransfer', 'SyncTransfer'] as const satisfies readonly TransferKind[];

/** Plural names in API paths, by kind. */
export const PLURALS = {
  BatchTransfer: 'batchtransfers',
  SyncTransfer: 'synctransfers',
} as const satisfies Record<TransferKind, string>;
