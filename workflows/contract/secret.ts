import type { TransferKind } from './identity.ts';

/**
 * Where the secret values of one block of a resource are. Never the values: activities resolve them when they need them.
 * What is inline (development mode) stays in the resource, and is read there.
 */
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
  /** Absent: the block may hold values itself, which win over those of the sources. */
  inline?: false;
  /** What the block refers to; values of earlier ones win. Absent: nothing. */
  sources?: SecretSource[];
}

export type SecretSource = VaultSource | VaultPathSource | SecretImportSource;

/** A secret in HashiCorp Vault, which the worker logs in to. */
export interface VaultSource {
  kind: 'vault';
  /** URL of the server, without a slash at its end. */
  address: string;
  /** With a slash at the begin, e.g. `/v1/auth/kubernetes/login`. */
  authPath: string;
  role: string;
  /** With a slash at the begin. */
  secretPath: string;
  /** A data key that secretPath unwraps (transit). Not secret. */
  ciphertext?: string;
  namespace?: string;
  /** PEM; trusted besides the generally known authorities. Not secret. */
  caCertificate?: string;
}

/** A full http(s) URL, or the name of a secret that a secret provider is asked for. */
export interface VaultPathSource {
  kind: 'vaultPath';
  path: string;
  /** Absent: the worker's own. */
  providerUrl?: string;
  providerRole?: string;
}

/** Files that are mounted in the worker: their names are the keys. */
export interface SecretImportSource {
  kind: 'secretImport';
  directory: string;
  renames: { from: string; to: string }[];
}
