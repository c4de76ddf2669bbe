import { describe, expect, test } from '@jest/globals';
import { defaultsPatch } from '../../operator/webhook/defaults.ts';
import { readReview } from '../../operator/webhook/review.ts';
import { ownStatus, storedStatus } from '../../operator/api/index.ts';
import type { ResourceStatus } from '../../operator/api/index.ts';
import { review } from '../support/admission.ts';
import { fybrikResource } from '../support/fybrik-fixtures.ts';
import { accepted, batchTransfer, configurationErrors, DATABASE, refusals, S3 } from './api-resources.ts';

const MOTION = 'motion.fybrik.io/v1alpha1';
const KAFKA = { kafkaBrokers: 'localhost:9092', kafkaTopic: 'topic' };
const REGISTRY = 'http://localhost:8080/v1';
const LATER = 'is not supported yet; use a BatchTransfer to copy once (streaming comes later)';

const motion = (spec: object = {}, kind = 'BatchTransfer') =>
  batchTransfer({ ...spec }, { apiVersion: MOTION, kind });

describe('manifests of others', () => {
  test('the sample of a batch, with all that it asks for', () => {
    const { transfer, policy, warnings } = accepted(fybrikResource('sample-batch'));
    expect(transfer).toMatchObject({
      apiVersion: MOTION,
      kind: 'BatchTransfer',
      source: {
        endpoint: 'https://s3.eu-gb.cloud-object-storage.appdomain.cloud',
        region: 'eu-gb',
        objectKey: 'patients.parq',
        secret: { apiVersion: MOTION, resourceKind: 'BatchTransfer', sources: [{ kind: 'vault' }] },
      },
      transformations: [{ action: 'DigestColumns', columns: ['BLOOD_GROUP'], options: { algo: 'md5' } }],
      maxFailedRetries: 0,
    });
    expect(policy).toEqual({ suspend: false, historyLimits: { successful: 3, failed: 3 } });
    expect(warnings).toEqual([
      'spec.image has no effect: no image is started',
      'spec.imagePullPolicy has no effect: no image is started',
    ]);
  });

  test('what the batch chart renders', () => {
    expect(accepted(fybrikResource('chart-batch'))).toMatchObject({
      noFinalizer: true,
      transfer: {
        destination: { objectKey: 'paysim-csv0a1b2c3d4e' },
        transformations: [
          {
            action: 'RedactColumns',
            columns: ['nameOrig', 'oldbalanceOrg'],
            options: { redactValue: 'XXXXX' },
          },
          { action: 'RemoveColumns', columns: ['isFraud'] },
        ],
        writeOperation: 'Overwrite',
        maxFailedRetries: 0,
      },
    });
  });

  test('streams are right, and come later', () => {
    for (const name of ['sample-stream', 'chart-stream'] as const)
      expect(refusals(fybrikResource(name))).toEqual([`kind: StreamTransfer ${LATER}`]);
    expect(refusals(fybrikResource('design-sync'))).toEqual([`kind: SyncTransfer ${LATER}`]);
  });

  test('the example of the design document is right but for its store, which comes later', () => {
    expect(refusals(fybrikResource('design-batch'))).toEqual([
      'spec.source.db: the store database is not supported yet; supported stores: s3',
    ]);
  });
});

describe.each(['BatchTransfer', 'StreamTransfer'])('acceptance cases of validation: %s of motion', (kind) => {
  const errors = (spec: object) => configurationErrors(motion(spec, kind));
  /** Streams are refused as such, whatever their stores are; what is wrong is told before that. */
  const isValid = (spec: object, later: string[]): void =>
    expect(refusals(motion(spec, kind)).map((refusal) => refusal.split(':')[0])).toEqual(
      kind === 'BatchTransfer' ? later : ['kind'],
    );

  test('1, 2: Db2 to S3 and to Kafka', () => {
    isValid({ source: { database: DATABASE } }, ['spec.source.database']);
    const kafka = { ...KAFKA, schemaRegistryURL: REGISTRY };
    isValid({ source: { database: DATABASE }, destination: { kafka } }, [
      'spec.source.database',
      'spec.destination.kafka',
    ]);
  });

  test('3: brokers and registry', () => {
    const kafka = {
      ...KAFKA,
      kafkaBrokers: 'localhost:99092',
      schemaRegistryUrl: 'http://loca!lhost:8080/v1',
    };
    expect(errors({ source: { kafka } })).toEqual([
      'spec.source.kafka.kafkaBrokers: Invalid broker at position 0 (localhost:99092) Port must be between 1 and 65535, inclusive',
      expect.stringContaining('spec.source.kafka.schemaRegistryUrl: Invalid host: '),
    ]);
  });

  test('4: bucket, key, endpoint', () => {
    const s3 = { ...S3, objectKey: 'in.csv' };
    expect(errors({ source: { s3: { ...s3, bucket: '' } } })).toEqual([
      'spec.source.s3.bucket: must be non-empty',
    ]);
    expect(errors({ source: { s3: { ...s3, objectKey: '' } } })).toEqual([
      'spec.source.s3.objectKey: must be non-empty',
    ]);
    const all = { endpoint: '123://wrong.com', bucket: '', objectKey: '' };
    expect(errors({ source: { s3: all } })).toHaveLength(3);
  });

  test.each(['my.endpoint', 'http://localhost', 'https://localhost:9091', 'localhost:9091'])(
    '5: the endpoint %s is valid',
    (endpoint) => {
      const resource = motion({ source: { s3: { ...S3, objectKey: 'in.csv', endpoint } } }, kind);
      if (kind === 'BatchTransfer') accepted(resource);
      else expect(refusals(resource)).toHaveLength(1);
    },
  );

  test('6: defaults of the environment', () => {
    const env = { SECRET_PROVIDER_URL: 'mysecrets:123', SECRET_PROVIDER_ROLE: 'demo' };
    const { request } = { request: readReview(review({ object: motion({}, kind) }))! };
    expect(defaultsPatch(request, env).map(({ path, value }) => [path, value])).toEqual([
      ['/spec/source/description', 's3://myBucket/in.csv'],
      ['/spec/destination/description', 's3://myBucket/obj.parq'],
      ['/spec/secretProviderURL', 'mysecrets:123'],
      ['/spec/secretProviderRole', 'demo'],
    ]);
  });

  test('messages of databases and Kafka', () => {
    expect(errors({ source: { database: { ...DATABASE, db2URL: 'jdbc:db2//h:1/D', table: '' } } })).toEqual([
      'spec.source.database.db2URL: Invalid JDBC string!',
      'spec.source.database.table: Table cannot be empty!',
    ]);
    expect(errors({ source: { kafka: { ...KAFKA, dataFormat: 'xml' } } })).toEqual([
      "spec.source.kafka.dataFormat: Currently only 'avro' and 'json' are supported as Kafka dataFormat!",
    ]);
  });
});

describe('a BatchTransfer of motion.fybrik.io', () => {
  test('is not tried again unless it says so', () => {
    expect(accepted(motion()).transfer.maxFailedRetries).toBe(0);
    expect(accepted(batchTransfer()).transfer.maxFailedRetries).toBe(3);
    expect(accepted(motion({ maxFailedRetries: 2 })).transfer.maxFailedRetries).toBe(2);
    expect(configurationErrors(motion({ maxFailedRetries: 11 }))).toHaveLength(1);
  });

  test('keeps the rules', () => {
    expect(
      configurationErrors(
        motion({ flowType: 'Stream', failedJobHistoryLimit: 1, failedJobsHistoryLimit: 1, unknown: 1 }),
      ),
    ).toEqual([
      expect.stringContaining('spec.unknown: unknown field'),
      "spec.flowType: 'dataFlowType' must be 'Batch' for a BatchTransfer!",
      expect.stringContaining('failedJobHistoryLimit and failedJobsHistoryLimit are two spellings'),
    ]);
  });
});

test('a StreamTransfer streams', () => {
  expect(configurationErrors(motion({ flowType: 'Batch' }, 'StreamTransfer'))).toEqual([
    "spec.flowType: 'dataFlowType' must be 'Stream' for a StreamTransfer!",
  ]);
});

test.each([
  [MOTION, 'SyncTransfer', 'kind: must be one of BatchTransfer, StreamTransfer'],
  ['fybrik.io/v1', 'StreamTransfer', 'kind: must be one of BatchTransfer, SyncTransfer'],
  ['motion.fybrik.io/v1', 'BatchTransfer', `apiVersion: must be one of fybrik.io/v1, ${MOTION}`],
])('%s has no %s', (apiVersion, kind, error) => {
  expect(configurationErrors(batchTransfer({}, { apiVersion, kind }))).toEqual([error]);
});

describe('the status of motion.fybrik.io', () => {
  const type = { apiVersion: MOTION };

  test.each<[NonNullable<ResourceStatus['status']>, string]>([
    ['Pending', 'STARTING'],
    ['Running', 'RUNNING'],
    ['Failed', 'RUNNING'],
    ['Succeeded', 'SUCCEEDED'],
    ['Fatal', 'FAILED'],
    ['ConfigurationError', 'FAILED'],
  ])('%s is %s, and is read as it was', (status, stored) => {
    const own: ResourceStatus = { status, error: 'e', active: 'id', observedGeneration: 2 };
    expect(storedStatus(type, own)).toEqual({ ...own, status: stored, state: status });
    expect(ownStatus(type, storedStatus(type, own))).toEqual(own);
  });

  test('of fybrik.io it is as it is', () => {
    const own: ResourceStatus = { status: 'Failed' };
    expect(storedStatus({ apiVersion: 'fybrik.io/v1' }, own)).toBe(own);
    expect(ownStatus({ apiVersion: 'fybrik.io/v1' }, own)).toBe(own);
  });

  test('what another operator has left does not count', () => {
    expect(ownStatus(type, { status: 'SUCCEEDED', lastCompleted: 'a job' })).toBeUndefined();
    expect(ownStatus(type, { conditions: [] })).toEqual({ conditions: [] });
  });
});
