export type TransferKind = 'BatchTransfer' | 'SyncTransfer' | 'StreamTransfer';

export interface TransferIdentity {
  kind: TransferKind;
  /** e.g. `fybrik.io/v1` */
  apiVersion: string;
  namespace: string;
  name: string;
  uid: string;
  generation: number;
}
