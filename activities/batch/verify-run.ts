import type { Statistics } from '../../workflows/contract.ts';
import type { ColumnChecksums } from '../../workflows/contract/receipt.ts';
import { TransferError } from '../failures.ts';
import type { Format } from '../formats/format.ts';
import { VERSIONS } from '../versions.ts';
import type { ChunkRecord } from './ledger.ts';
import { columnsWritten, dropsRows, type TabularPlan } from './plan.ts';

/** Named in receipts: from one version of the engine to the next its hash may differ. */
const ALGORITHM = `sum of ${VERSIONS.engine} hash`;

type Counted = Pick<ChunkRecord, 'chunk' | 'rowsRead' | 'rowsWritten' | 'bytesRead' | 'checksums'>;

export interface RunTotals {
  counts: Omit<Statistics, 'bytesWritten'>;
  checksums: ColumnChecksums;
}

/**
 * Sums up what the chunks of a run have recorded. VerificationFailed when that cannot be the whole of what was read: a
 * record of another chunk, rows that neither were written nor can have been filtered, or columns without a checksum.
 */
export function verifyRun(
  plan: Pick<TabularPlan, 'select' | 'destination'> & { source: Pick<TabularPlan['source'], 'snapshot'> },
  records: readonly Counted[],
): RunTotals {
  const columns = columnsWritten(plan).map(({ name }) => name);
  const drops = dropsRows(plan.select, plan.source.snapshot);
  const sums = columns.map(() => 0n);
  const counts = { rowsRead: 0, rowsWritten: 0, bytesRead: 0 };
  for (const [index, { chunk, rowsRead, rowsWritten, bytesRead, checksums = [] }] of records.entries()) {
    if (chunk !== index) refuse(`the record of chunk ${index} is that of chunk ${chunk}`);
    if (drops ? rowsWritten > rowsRead : rowsWritten !== rowsRead)
      refuse(`chunk ${chunk}: ${rowsRead} rows read but ${rowsWritten} written`);
    if (checksums.length !== columns.length)
      refuse(`chunk ${chunk}: checksums of ${checksums.length} columns, and there are ${columns.length}`);
    for (const [column, sum] of checksums.entries()) sums[column]! += BigInt(sum);
    counts.rowsRead += rowsRead;
    counts.rowsWritten += rowsWritten;
    counts.bytesRead += bytesRead;
  }
  return { counts, checksums: checksumsOf(columns, sums) };
}

/** Sums in the order of the columns. */
function checksumsOf(columns: readonly string[], sums: readonly bigint[]): ColumnChecksums {
  return {
    algorithm: ALGORITHM,
    columns: columns.map((column, index) => ({ column, sum: String(sums[index]) })),
  };
}

/** What the object's end tells its readers must be what its bodies hold. */
export function verifyEpilogue(
  { rowsInEpilogue }: Pick<Format, 'rowsInEpilogue'>,
  epilogue: Buffer,
  rows: number,
  location: string,
): void {
  if (rowsInEpilogue === undefined) return;
  const told = rowsInEpilogue(epilogue);
  if (told !== rows) refuse(`${location}: its footer tells of ${told} rows, and ${rows} were written`);
}

function refuse(why: string): never {
  throw new TransferError('VerificationFailed', `${why}; nothing was published`);
}
