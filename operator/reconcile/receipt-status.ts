import type { RunResult } from '../../workflows/contract.ts';
import type { ResourceStatus } from '../api/index.ts';

/** Of the status schema. */
const MAX_CHECKSUMS = 100;

/** The receipt in short. Undefined for runs of versions that had none. */
export function receiptStatus({
  runId,
  verified = 'chunks',
  statistics: { rowsRead, rowsWritten },
  objectCount,
  checksums,
  receipt,
}: RunResult): ResourceStatus['receipt'] {
  if (runId === undefined) return undefined;
  return {
    runId,
    verified,
    rowsRead,
    rowsFiltered: rowsRead - rowsWritten,
    rowsWritten,
    objects: objectCount,
    ...(checksums && {
      checksumAlgorithm: checksums.algorithm,
      checksums: checksums.columns.slice(0, MAX_CHECKSUMS),
    }),
    ...receipt,
  };
}
