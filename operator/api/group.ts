import type { TransferKind } from '../../workflows/contract/identity.ts';

export const API_GROUP = 'fybrik.io';
export const API_VERSION = `${API_GROUP}/v1`;

/** Of Fybrik's data movement operator, whose resources are taken as they are. */
export const MOTION_GROUP = 'motion.fybrik.io';
export const MOTION_VERSION = `${MOTION_GROUP}/v1alpha1`;

/** What a resource is: kinds of the same name are in both groups. */
export interface ResourceType {
  apiVersion: string;
  kind: TransferKind;
}

export const RESOURCE_TYPES = [
  { apiVersion: API_VERSION, kind: 'BatchTransfer' },
  { apiVersion: API_VERSION, kind: 'SyncTransfer' },
  { apiVersion: MOTION_VERSION, kind: 'BatchTransfer' },
  { apiVersion: MOTION_VERSION, kind: 'StreamTransfer' },
] as const satisfies readonly ResourceType[];

/** Plural names in API paths, by kind. */
export const PLURALS = {
  BatchTransfer: 'batchtransfers',
  SyncTransfer: 'synctransfers',
  StreamTransfer: 'streamtransfers',
} as const satisfies Record<TransferKind, string>;

export function groupOf({ apiVersion }: Pick<ResourceType, 'apiVersion'>): string {
  return apiVersion.split('/')[0]!;
}

/** Plural and group, as CRDs are named and kubectl takes it, e.g. `batchtransfers.motion.fybrik.io`. */
export function qualifiedName(type: ResourceType): string {
  return `${PLURALS[type.kind]}.${groupOf(type)}`;
}
