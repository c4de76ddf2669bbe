/** Checksums of columns that do not depend on the order of the rows. */
export interface ColumnChecksums {
  /** e.g. `sum of DuckDB 1.5.5 hash` */
  algorithm: string;
  /** Sums in decimal; they may exceed 64 bits. */
  columns: { column: string; sum: string }[];
}

/** What was found in a part of the published objects. */
export interface VerifiedSlice {
  rows: number;
  /** Per column, in the order of the published checksums, in decimal. */
  sums: string[];
}

/** A receipt that lies in the destination's bucket. */
export interface WrittenReceipt {
  key: string;
  /** Of the receipt's canonical JSON; hex. */
  sha256: string;
  /** Ed25519; Base64. Absent: the worker has no key. */
  signature?: string;
  /** Which key: `SHA256:` and the Base64 of the public key's SHA-256. */
  signedBy?: string;
}
