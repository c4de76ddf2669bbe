import { describe, expect, test } from '@jest/globals';
import { parseTransfer } from '../../operator/api/index.ts';
import { batchTransfer, configurationErrors, DATABASE, refusals, S3, syncTransfer } from './api-resources.ts';

const s3 = (fields: object) => batchTransfer({ source: { s3: { ...S3, objectKey: 'in.csv', ...fields } } });

describe('what is valid but not supported is refused', () => {
  test.each([
    [
      syncTransfer(),
      'kind: SyncTransfer is not supported yet; use a BatchTransfer to copy once (streaming comes later)',
    ],
    [
      batchTransfer({ source: { db: DATABASE } }),
      'spec.source.db: the store database is not supported yet; supported stores: s3',
    ],
    [
      batchTransfer({ destination: { kafka: { kafkaBrokers: 'a:1', kafkaTopic: 't', dataFormat: 'raw' } } }),
      'spec.destination.kafka: the store kafka is not supported yet; supported stores: s3',
    ],
    [
      batchTransfer({ source: { cloudant: { host: 'h', database: 'd' } } }),
      'spec.source.cloudant: Cloudant is not supported; supported stores: s3',
    ],
    [
      s3({ partitionBy: ['a'] }),
      'spec.source.s3.partitionBy: is for destinations; remove it from the source',
    ],
    [s3({ maxObjectSize: '1Gi' }), 'spec.source.s3.maxObjectSize: is for destinations;'],
    [
      s3({ dataFormat: 'avro' }),
      'spec.source.s3.dataFormat: format not supported yet; supported are csv, json, parquet, orc and binary',
    ],
    [
      batchTransfer({ writeOperation: 'Update' }),
      'spec.writeOperation: Update operation not supported for batch!',
    ],
  ])('%#', (resource, refusal) => {
    expect(refusals(resource)).toEqual([expect.stringContaining(refusal)]);
  });

  test('all at once', () => {
    expect(
      refusals(
        batchTransfer({
          source: { s3: { ...S3, objectKey: 'in', dataFormat: 'avro', maxObjectSize: '1Gi' } },
          writeOperation: 'Update',
        }),
      ),
    ).toHaveLength(3);
  });

  test('errors of the resource come first', () => {
    expect(configurationErrors(batchTransfer({ writeOperation: 'Update', maxFailedRetries: 11 }))).toEqual([
      'spec.maxFailedRetries: must be at most 10',
    ]);
    expect(configurationErrors(syncTransfer({ maxFailedRetries: 1 }))).toEqual([
      expect.stringContaining('spec.maxFailedRetries: unknown field'),
    ]);
  });

  test('whether data is kept is known of refused resources too', () => {
    expect(parseTransfer(batchTransfer({ noFinalizer: true, writeOperation: 'Update' }), {})).toMatchObject({
      ok: false,
      noFinalizer: true,
    });
  });
});
