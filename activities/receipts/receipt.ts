import type { Statistics, Transfer, Transformation } from '../../workflows/contract.ts';
import type { TransferIdentity } from '../../workflows/contract/identity.ts';
import type { ColumnSchema } from '../../workflows/contract/metadata.ts';
import type { ColumnChecksums } from '../../workflows/contract/receipt.ts';

/** What a finished run proves. Signed as its canonical JSON (RFC 8785). */
export interface Receipt {
  /** Version of this form. */
  receipt: 1;
  transfer: TransferIdentity;
  runId: string;
  /** ISO 8601. */
  startedAt: string;
  publishedAt: string;
  verified: NonNullable<Transfer['verify']>;
  counts: Statistics & { rowsFiltered: number };
  checksums?: ColumnChecksums;
  source: ReceiptAsset;
  destination: ReceiptAsset;
  /** Without secret options, of which only the names are told. */
  transformations: Omit<Transformation, 'secret'>[];
  versions: { ddc: string; engine: string };
}

export interface ReceiptAsset {
  endpoint: string;
  bucket: string;
  format: string;
  columns: ColumnSchema[];
  conversions?: string[];
  objectCount: number;
  /** The first of them. */
  objects: ReceiptObject[];
}

export interface ReceiptObject {
  key: string;
  etag: string;
  bytes: number;
}
