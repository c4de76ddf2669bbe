import type { TransferKind } from './identity.ts';

/** Inline credentials (development mode): they stay in the resource, and activities read them there. */
export interface SecretReference {
  kind: 'resource';
  apiVersion: string;
  resourceKind: TransferKind;
  namespace: string;
  name: string;
  uid: string;
  /** Path of the block that holds the keys, e.g. `['spec', 'source', 's3']`. */
  path: string[];
  /** The values are meant of this generation only: those of another would not fit the rest of the run. */
  generation?: number;
}
