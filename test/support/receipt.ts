import type { TabularPlan } from '../../activities/batch/plan.ts';
import type { WriteReceiptInput } from '../../workflows/contract.ts';

const asset = { store: 's3', endpoint: 'http://s3', bucket: 'b', description: 'for people' } as const;

/** A run that has been published, as its receipt sees it. */
export const RECEIPT_INPUT: Omit<WriteReceiptInput, 'plan' | 'key'> = {
  run: {
    transfer: {
      kind: 'BatchTransfer',
      apiVersion: 'fybrik.io/v1',
      namespace: 'ns',
      name: 'copy',
      uid: 'u',
      generation: 1,
      source: { ...asset, objectKey: 'in.csv' },
      destination: { ...asset, objectKey: 'out' },
      transformations: [
        {
          action: 'DigestColumns',
          columns: ['a'],
          options: { algo: 'md5' },
          secretOptions: ['salt'],
          secret: {
            kind: 'resource',
            apiVersion: 'fybrik.io/v1',
            resourceKind: 'BatchTransfer',
            namespace: 'ns',
            name: 'copy',
            uid: 'u',
            path: ['spec', 'transformation', '0', 'options'],
          },
        },
      ],
      writeOperation: 'Overwrite',
      readDataType: 'LogData',
      writeDataType: 'LogData',
      maxFailedRetries: 3,
    },
    runId: 'run',
    epoch: 0,
    startedAt: '2026-01-01T00:00:00.000Z',
  },
  source: { format: 'csv', columns: [{ name: 'a', type: 'utf8', nullable: true }] },
  destination: { format: 'parquet', columns: [{ name: 'a', type: 'utf8', nullable: true }] },
  published: {
    objects: [{ endpoint: 'http://s3', bucket: 'b', key: 'out', etag: '"e"', bytes: 9 }],
    objectCount: 1,
    statistics: { rowsRead: 4, rowsWritten: 3, bytesRead: 20, bytesWritten: 9 },
    checksums: { algorithm: 'sum', columns: [{ column: 'a', sum: '18446744073709551616' }] },
  },
  publishedAt: '2026-01-01T00:00:01.000Z',
};

/** Of one column and two chunks, with a filter. */
export const RECEIPT_PLAN: TabularPlan = {
  kind: 'tabular',
  source: {
    format: 'csv',
    columns: [{ name: 'a', type: 'VARCHAR', nullable: true }],
    schemas: [[{ name: 'a', type: 'VARCHAR', nullable: true }]],
    objects: [{ key: 'in.csv', etag: '"s"', size: 20, schema: 0, cuts: [0, 10, 20], reading: {} }],
    chunks: [[{ object: 0, index: 0 }], [{ object: 0, index: 1 }]],
  },
  select: {
    source: [{ name: 'a', type: 'VARCHAR' }],
    layers: [{ columns: [{ name: 'a' }], where: 'true' }],
    columns: [{ name: 'a', type: 'VARCHAR' }],
    warnings: [],
    rowIdentity: 'none',
  },
  destination: { format: 'parquet', options: {}, key: 'out' },
};
