/**
 * What may be reached on behalf of one Kubernetes namespace. Plain data, because engine processes are told, too. A list that is
 * absent allows everything of its kind, an empty one nothing. In patterns `*` stands for any characters but `?` and `&`, and
 * `{namespace}` for the namespace.
 */
export interface EgressRules {
  namespace: string;
  /** Of stores: `host`, `host:port`, `*.domain`, `address`, `network/bits`, `network/bits:port`, `[network/bits]:port`. */
  endpoints?: readonly string[];
  buckets?: readonly string[];
  /** URLs. */
  vaultAddresses?: readonly string[];
  vaultNamespaces?: readonly string[];
  vaultAuthPaths?: readonly string[];
  vaultRoles?: readonly string[];
  /** In Vault, with `/v1/` and query. */
  secretPaths?: readonly string[];
  /** URLs that a vaultPath is, or is asked for at. */
  secretProviders?: readonly string[];
  secretProviderRoles?: readonly string[];
  /** Names that a secret provider is asked for. */
  secretNames?: readonly string[];
  /** Directories below DDC_SECRET_DIR. */
  secretImports?: readonly string[];
  /** Addresses, networks and names that are allowed though they are link-local or of a cloud's metadata service. */
  exceptions?: readonly string[];
}

/** A part of a transfer that may not be used: the field, and for people why and what may. */
export interface EgressProblem {
  field: string;
  message: string;
}

/** Lists of patterns. */
export type PatternList = Exclude<keyof EgressRules, 'namespace' | 'endpoints' | 'exceptions'>;

/** Something that was about to be reached and may not be; the message is for people. */
export class EgressDenied extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'EgressDenied';
  }
}
