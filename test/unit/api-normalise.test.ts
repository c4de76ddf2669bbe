import { rootCertificates } from 'node:tls';
import { describe, expect, test } from '@jest/globals';
import type { ZodObject } from 'zod';
import { TRANSFORMS } from '../../activities/transforms/all.ts';
import { defaults, parseTransfer, withDefaults } from '../../operator/api/index.ts';
import { batchTransferSpec } from '../../operator/api/schema/batch-transfer.ts';
import { isPlainOption } from '../../operator/api/plain-options.ts';
import { syncTransferSpec } from '../../operator/api/schema/sync-transfer.ts';
import { accepted, batchTransfer, DATABASE, S3 } from './api-resources.ts';

const reference = (path: string[]) => ({
  kind: 'resource',
  apiVersion: 'fybrik.io/v1',
  resourceKind: 'BatchTransfer',
  namespace: 'ns',
  name: 'copy',
  uid: 'uid-1',
  path,
});

describe('a transfer', () => {
  test('has one spelling, defaults, and references instead of credentials', () => {
    const parsed = accepted(
      batchTransfer({
        source: { cos: { ...S3, objectKey: 'in.csv', access_key: 'AK', secretKey: 'SK', dataFormat: 'CSV' } },
        destination: { s3: { ...S3, region: 'eu-de' }, description: 'the copy' },
        transformation: [
          { name: 'hide', action: 'redact', columns: ['a'], options: { redactValue: 'X' } },
          { action: 'REMOVECOLUMN', columns: ['b'] },
        ],
        schedule: null,
        successfulJobsHistoryLimit: 2,
      }),
    );
    expect(parsed).toEqual({
      ok: true,
      noFinalizer: false,
      warnings: [],
      policy: { suspend: false, historyLimits: { successful: 2, failed: 5 } },
      transfer: {
        kind: 'BatchTransfer',
        apiVersion: 'fybrik.io/v1',
        namespace: 'ns',
        name: 'copy',
        uid: 'uid-1',
        generation: 3,
        source: {
          store: 's3',
          endpoint: 'https://my.endpoint',
          bucket: 'myBucket',
          objectKey: 'in.csv',
          dataFormat: 'csv',
          description: 's3://myBucket/in.csv',
          secret: reference(['spec', 'source', 'cos']),
        },
        destination: {
          store: 's3',
          endpoint: 'https://my.endpoint',
          region: 'eu-de',
          bucket: 'myBucket',
          objectKey: 'obj.parq',
          description: 'the copy',
        },
        transformations: [
          { name: 'hide', action: 'RedactColumns', columns: ['a'], options: { redactValue: 'X' } },
          { action: 'RemoveColumns', columns: ['b'], options: {} },
        ],
        writeOperation: 'Overwrite',
        readDataType: 'LogData',
        writeDataType: 'LogData',
        maxFailedRetries: 3,
      },
    });
    expect(JSON.stringify(parsed)).not.toMatch(/AK|SK/);
  });

  test('leaves options that may be secret in the resource', () => {
    const parsed = accepted(
      batchTransfer({
        transformation: [
          {
            action: 'digest',
            columns: ['a'],
            options: { algo: 'sha256', key: 'CANARY-1', onMissingColumn: 'fail', salt: 'CANARY-2' },
          },
        ],
      }),
    );
    expect(parsed.transfer.transformations).toEqual([
      {
        action: 'DigestColumns',
        columns: ['a'],
        options: { algo: 'sha256', onMissingColumn: 'fail' },
        secretOptions: ['key', 'salt'],
        secret: { ...reference(['spec', 'transformation', '0', 'options']), generation: 3 },
      },
    ]);
    expect(JSON.stringify(parsed)).not.toContain('CANARY');
  });

  test('knows every option of every transformation that is not secret', () => {
    const options = TRANSFORMS.flatMap((known) => Object.keys((known.options as unknown as ZodObject).shape));
    expect([...new Set(options)].filter((name) => !isPlainOption(name)).sort()).toEqual(['key', 'salt']);
  });

  test('says how its store is to be reached', () => {
    const connection = { addressing: 'virtual', caCertificate: rootCertificates.slice(0, 2).join('\n') };
    const parsed = accepted(batchTransfer({ destination: { s3: { ...S3, ...connection } } }));
    expect(parsed.transfer.destination).toMatchObject(connection);
  });

  test('takes the key from dataAsset when objectKey is absent', () => {
    const { objectKey: _, ...s3 } = S3;
    expect(accepted(batchTransfer({ source: { s3, dataAsset: 'a/b.csv' } })).transfer.source.objectKey).toBe(
      'a/b.csv',
    );
    const both = { s3: { ...S3, objectKey: 'k' }, dataAsset: 'catalog name' };
    expect(accepted(batchTransfer({ source: both })).transfer.source.objectKey).toBe('k');
  });

  test('34: s3 and cos, camel and snake case', () => {
    for (const block of ['s3', 'cos'])
      for (const [accessKey, secretKey] of [
        ['accessKey', 'secretKey'],
        ['access_key', 'secret_key'],
      ] as const) {
        const store = { ...S3, [accessKey]: 'a', [secretKey]: 'b' };
        const { transfer } = accepted(
          batchTransfer({ destination: { [block]: store }, source: { s3: { ...S3, objectKey: 'i' } } }),
        );
        expect(transfer.destination.secret).toEqual(reference(['spec', 'destination', block]));
      }
  });

  test.each<[string, string[], object?]>([
    ['RemoveColumns', ['RemoveColumns', 'RemoveColumn', 'removecolumns', 'REMOVECOLUMN']],
    ['RedactColumns', ['RedactColumns', 'Redact', 'redact']],
    ['DigestColumns', ['DigestColumns', 'Digest', 'dIGEST']],
    ['EncryptColumns', ['EncryptColumns', 'Encrypt'], { key: Buffer.alloc(32).toString('base64') }],
    ['SampleRows', ['SampleRows', 'sample']],
    ['FilterRows', ['FilterRows', 'Filter', 'filterrows'], { clause: 'true' }],
  ])('action %s is spelled %j', (action, spellings, options = {}) => {
    for (const spelling of spellings) {
      const transformation = [{ action: spelling, columns: ['a'], options }];
      expect(accepted(batchTransfer({ transformation })).transfer.transformations[0]?.action).toBe(action);
    }
  });

  test('36: data types have aliases in any case', () => {
    for (const spelling of ['log', 'LogData', 'LOGDATA'])
      expect(accepted(batchTransfer({ readDataType: spelling })).transfer.readDataType).toBe('LogData');
    for (const spelling of ['change', 'ChangeData', 'changedata', 'CDC'])
      expect(accepted(batchTransfer({ readDataType: spelling })).transfer.readDataType).toBe('ChangeData');
  });

  test('fields without effect are accepted with a warning', () => {
    const fields = { spark: { driverCores: 2 }, image: 'i', imagePullPolicy: 'Always' };
    expect(accepted(batchTransfer(fields)).warnings).toEqual([
      'spec.spark has no effect: Spark is not used',
      'spec.image has no effect: no image is started',
      'spec.imagePullPolicy has no effect: no image is started',
    ]);
    expect(accepted(batchTransfer({ imagePullPolicy: 'IfNotPresent' })).warnings).toEqual([]);
  });

  test.each([
    [undefined, undefined, false],
    [true, undefined, true],
    [undefined, 'true', true],
    [false, 'True', true],
    [true, 'false', false],
    [true, '', true],
  ])(
    'noFinalizer: %s in the resource and %j in the environment is %s',
    (noFinalizer, NO_FINALIZER, expected) => {
      expect(parseTransfer(batchTransfer({ noFinalizer }), { NO_FINALIZER }).noFinalizer).toBe(expected);
    },
  );
});

describe('verification and receipts', () => {
  test('are as the resource says', () => {
    const { transfer } = accepted(batchTransfer({ verify: 'full', receipt: { prefix: 'proof/' } }));
    expect(transfer).toMatchObject({ verify: 'full', receiptPrefix: 'proof/' });
  });

  test.each([
    [{ verify: 'Full' }, 'spec.verify'],
    [{ receipt: {} }, 'spec.receipt.prefix'],
    [{ receipt: { prefix: '.ddc/x' } }, 'spec.receipt.prefix'],
  ])('%j is refused', (fields, path) => {
    expect(parseTransfer(batchTransfer(fields), {})).toMatchObject({ ok: false, errors: [{ path }] });
  });
});

describe('defaults', () => {
  const env = { SECRET_PROVIDER_URL: 'mysecrets:123', SECRET_PROVIDER_ROLE: 'demo' };

  test('6 and 35: of a batch transfer', () => {
    const kafka = { kafkaBrokers: 'a:1', kafkaTopic: 'topic' };
    const spec = batchTransferSpec.parse({ source: { database: DATABASE }, destination: { kafka } });
    expect(withDefaults({ kind: 'BatchTransfer', spec }, env).spec).toEqual({
      source: { database: DATABASE, description: 'jdbc:db2://host:1234/DB/MY.TABLE' },
      destination: { kafka, description: 'kafka://topic' },
      imagePullPolicy: 'IfNotPresent',
      secretProviderURL: 'mysecrets:123',
      secretProviderRole: 'demo',
      suspend: false,
      noFinalizer: false,
      maxFailedRetries: 3,
      successfulJobHistoryLimit: 5,
      failedJobHistoryLimit: 5,
      flowType: 'Batch',
      readDataType: 'LogData',
      writeDataType: 'LogData',
      writeOperation: 'Overwrite',
    });
  });

  test('35: of a sync transfer', () => {
    const spec = syncTransferSpec.parse({ source: { s3: S3 }, destination: { s3: S3 } });
    expect(withDefaults({ kind: 'SyncTransfer', spec }, {}).spec).toMatchObject({
      flowType: 'Stream',
      readDataType: 'ChangeData',
      writeDataType: 'LogData',
      writeOperation: 'Append',
      triggerInterval: '5 seconds',
    });
    expect(defaults.SyncTransfer.triggerInterval).toBe('5 seconds');
  });

  test('what the resource says wins, in either spelling', () => {
    const spec = batchTransferSpec.parse({
      source: { s3: S3, description: 'mine' },
      destination: { s3: S3 },
      secretProviderURL: 'other:1',
      successfulJobsHistoryLimit: 0,
      failedJobHistoryLimit: 7,
    });
    expect(withDefaults({ kind: 'BatchTransfer', spec }, env).spec).toMatchObject({
      source: { description: 'mine' },
      secretProviderURL: 'other:1',
      successfulJobHistoryLimit: 0,
      failedJobHistoryLimit: 7,
    });
  });

  test('a description never repeats what a JDBC URL carries besides the database', () => {
    const db = { db2URL: 'jdbc:db2://host:1/DB:user=me;password=CANARY;', table: 'T' };
    const spec = batchTransferSpec.parse({ source: { db }, destination: { s3: S3 } });
    expect(withDefaults({ kind: 'BatchTransfer', spec }, {}).spec.source.description).toBe(
      'jdbc:db2://host:1/DB/T',
    );
  });
});
