import type { ListedTransfer } from '../../cli/transfers.ts';
import type { ResourceStatus } from '../../operator/api/index.ts';

/** A BatchTransfer as the API server lists it, created at 12:00:00. */
export function listedTransfer(status?: ResourceStatus, spec: object = {}): ListedTransfer {
  return {
    apiVersion: 'fybrik.io/v1',
    kind: 'BatchTransfer',
    metadata: {
      namespace: 'finance',
      name: 'payments',
      uid: 'u-1',
      resourceVersion: '7',
      generation: 1,
      creationTimestamp: '2026-01-02T12:00:00Z',
    },
    spec,
    ...(status && { status }),
  };
}

export const running: ResourceStatus = {
  status: 'Running',
  observedGeneration: 1,
  sourceDescription: 's3://raw/payments.csv',
  destinationDescription: 's3://shared/payments.parquet',
  active: 'BatchTransfer/finance/payments/u-1/1',
  startTime: '2026-01-02T12:00:10Z',
  progress: { phase: 'copy', chunksDone: 4, chunksTotal: 16, percent: 25 },
  statistics: {
    rowsRead: 4_000_000,
    rowsWritten: 3_999_999,
    bytesRead: 612_000_000,
    bytesWritten: 81_500_000,
  },
  source: {
    format: 'csv',
    columns: [
      { name: 'id', type: 'int64', nullable: false },
      { name: 'name', type: 'utf8', nullable: true },
    ],
    conversions: ['at: int96 -> timestamp[us]'],
  },
  destination: { format: 'parquet', columns: [{ name: 'id', type: 'int64', nullable: false }] },
  conditions: [
    {
      type: 'Progressing',
      status: 'True',
      reason: 'Running',
      message: 'The run is in phase copy.',
      lastTransitionTime: '2026-01-02T12:00:10Z',
    },
  ],
};
