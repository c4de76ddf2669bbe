import { describe, expect, test } from '@jest/globals';
import {
  accepted,
  batchTransfer,
  configurationErrors,
  DATABASE,
  refusals,
  S3,
  syncTransfer,
  VAULT,
} from './api-resources.ts';

const KAFKA = { kafkaBrokers: 'localhost:9092', kafkaTopic: 'topic' };
const RFC_1123 =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com')";

const source = (store: object, more: object = {}) => batchTransfer({ source: store, ...more });
const pem = (type: string): string => `-----BEGIN ${type}-----\nAAAA\n-----END ${type}-----\n`;
const s3 = (fields: object) => source({ s3: { ...S3, objectKey: 'in.csv', ...fields } });

describe('acceptance cases of validation', () => {
  test('1: Db2 to S3 is valid', () => {
    // valid, and refused only because the store comes later
    expect(refusals(source({ database: DATABASE }))).toEqual([
      expect.stringContaining('spec.source.database: '),
    ]);
  });

  test('2: Db2 to Kafka is valid', () => {
    const kafka = { ...KAFKA, schemaRegistryURL: 'http://localhost:8080/v1' };
    expect(refusals(source({ database: DATABASE }, { destination: { kafka } }))).toEqual([
      expect.stringContaining('spec.source.database: '),
      expect.stringContaining('spec.destination.kafka: '),
    ]);
  });

  test('3: a port out of range and a bad registry host are two errors', () => {
    const kafka = {
      ...KAFKA,
      kafkaBrokers: 'localhost:99092',
      schemaRegistryUrl: 'http://loca!lhost:8080/v1',
    };
    expect(configurationErrors(source({ kafka }))).toEqual([
      'spec.source.kafka.kafkaBrokers: Invalid broker at position 0 (localhost:99092) Port must be between 1 and 65535, inclusive',
      `spec.source.kafka.schemaRegistryUrl: Invalid host: ${RFC_1123}`,
    ]);
  });

  test('4: empty bucket, empty objectKey, and both with a bad endpoint', () => {
    expect(configurationErrors(s3({ bucket: '' }))).toEqual(['spec.source.s3.bucket: must be non-empty']);
    expect(configurationErrors(s3({ objectKey: '' }))).toEqual([
      'spec.source.s3.objectKey: must be non-empty',
    ]);
    expect(configurationErrors(s3({ endpoint: '123://wrong.com', bucket: '', objectKey: '' }))).toEqual([
      'spec.source.s3.endpoint: Invalid endpoint! Expecting a endpoint URL!',
      'spec.source.s3.bucket: must be non-empty',
      'spec.source.s3.objectKey: must be non-empty',
    ]);
  });

  test.each([
    ['my.endpoint', 'https://my.endpoint'],
    ['http://localhost', 'http://localhost'],
    ['http://localhost:9090', 'http://localhost:9090'],
    ['https://localhost:9091', 'https://localhost:9091'],
    ['localhost:9091', 'http://localhost:9091'],
    ['127.0.0.1:7070', 'http://127.0.0.1:7070'],
    ['localhost:443', 'http://localhost:443'],
    ['[::1]:9000', 'http://[::1]:9000'],
    ['localhost.example.com', 'https://localhost.example.com'],
    ['HTTPS://S3.Example.com:443/', 'https://s3.example.com'],
  ])('5: endpoint %s is %s', (endpoint, url) => {
    expect(accepted(s3({ endpoint })).transfer.source.endpoint).toBe(url);
  });
});

describe('endpoints', () => {
  test.each([
    ['ftp://host', 'Use http:// or https://'],
    ['file:///etc/passwd', 'Use http:// or https://'],
    ['https://key:secret@host', 'must not hold credentials'],
    ['key:secret@host', 'must not hold credentials'],
    ['https://host/path', 'must end after host and port'],
    ['https://host?x=1', 'must end after host and port'],
    ['https://host#x', 'must end after host and port'],
    ['https://', 'Invalid endpoint!'],
    ['//host', 'Invalid endpoint!'],
    ['host:99999', 'Invalid endpoint!'],
    ['ho st', 'Invalid endpoint!'],
    ['https://ho\tst', 'Invalid endpoint!'],
    ['https:\\\\host', 'Invalid endpoint!'],
  ])('%j is refused', (endpoint, why) => {
    expect(configurationErrors(s3({ endpoint }))).toEqual([
      expect.stringMatching(/^spec\.source\.s3\.endpoint: Invalid endpoint! Expecting a endpoint URL!/),
    ]);
    expect(configurationErrors(s3({ endpoint }))[0]).toContain(why);
  });
});

describe('fields', () => {
  test.each([
    [
      s3({ bucket: 'a/b' }),
      'spec.source.s3.bucket: must not contain a slash; the path belongs into objectKey',
    ],
    [s3({ bucket: 'ab' }), 'spec.source.s3.bucket: must have 3 to 255 characters'],
    [s3({ bucket: 'a\u0007bc' }), 'spec.source.s3.bucket: must not contain control characters'],
    [s3({ objectKey: '.ddc/x' }), 'spec.source.s3.objectKey: must not be under .ddc/'],
    [
      s3({ objectKey: '/.ddc-generations/other/x' }),
      'spec.source.s3.objectKey: must not be under .ddc-generations/',
    ],
    [s3({ objectKey: '//.ddc' }), 'spec.source.s3.objectKey: must not be under .ddc/'],
    ...['a/../b', '..', './a', 'a/.'].map((objectKey): [ReturnType<typeof s3>, string] => [
      s3({ objectKey }),
      'spec.source.s3.objectKey: must not have . or .. between slashes',
    ]),
    [s3({ addressing: 'host' }), 'spec.source.s3.addressing: '],
    [
      s3({ caCertificate: 'MIIB' }),
      'spec.source.s3.caCertificate: must be one or more certificates in PEM: -----BEGIN CERTIFICATE-----',
    ],
    [
      s3({ caCertificate: pem('PRIVATE KEY') }),
      'spec.source.s3.caCertificate: must be one or more certificates in PEM: -----BEGIN CERTIFICATE----- ... -----END CERTIFICATE-----; found -----BEGIN PRIVATE KEY-----',
    ],
    [
      s3({ caCertificate: pem('CERTIFICATE') }),
      'spec.source.s3.caCertificate: must be one or more certificates in PEM: -----BEGIN CERTIFICATE----- ... -----END CERTIFICATE-----; certificate 1 of 1 cannot be read',
    ],
    [s3({ objectKey: 'a\0b' }), 'spec.source.s3.objectKey: must not contain the character NUL'],
    [s3({ objectKey: 'é'.repeat(600) }), 'spec.source.s3.objectKey: must have at most 1024 bytes in UTF-8'],
    [
      s3({ objectKey: undefined }),
      'spec.source.s3.objectKey: is required: name the object here, or in dataAsset',
    ],
    [
      source({ s3: { ...S3, objectKey: undefined }, dataAsset: '.ddc/x' }),
      'spec.source.dataAsset: must not be under',
    ],
    [
      s3({ vault: VAULT, accessKey: 'a', secretKey: 'b' }),
      'spec.source.s3: Can only set vault or accessKey/secretKey!',
    ],
    [s3({ vault: VAULT, secret_key: 'b' }), 'spec.source.s3: Can only set vault or accessKey/secretKey!'],
    [s3({ accessKey: 'a' }), 'spec.source.s3: accessKey and secretKey go together'],
    [
      s3({ accessKey: 'a', access_key: 'a', secretKey: 'b' }),
      'spec.source.s3: accessKey and access_key are two spell',
    ],
    [
      s3({ buckett: 'b' }),
      'spec.source.s3.buckett: unknown field; known here are endpoint, bucket, objectKey,',
    ],
    [s3({ region: 7 }), 'spec.source.s3.region: must be a text, not a number'],
    [
      source({}),
      'spec.source: exactly one store is needed: s3 (or cos), kafka, database (or db) or cloudant',
    ],
    [source({ s3: S3, kafka: KAFKA }), 'spec.source: exactly one store is needed'],
    [source({ s3: S3, cos: S3 }), 'spec.source: s3 and cos are two spellings of the same store'],
    [
      source({ db: DATABASE, database: DATABASE }),
      'spec.source: database and db are two spellings of the same store',
    ],
    [
      source({ db: { ...DATABASE, db2URL: 'jdbc:db2//h:1/D' } }),
      'spec.source.db.db2URL: Invalid JDBC string!',
    ],
    [
      source({ db: { ...DATABASE, db2URL: 'jdbc:db2://h_h:1/D' } }),
      'spec.source.db.db2URL: Invalid database host!',
    ],
    [source({ db: { ...DATABASE, table: '' } }), 'spec.source.db.table: Table cannot be empty!'],
    [source({ database: { db2URL: DATABASE.db2URL } }), 'spec.source.database.table: Table cannot be empty!'],
    [
      source({ db: { ...DATABASE, password: 'p', vault: VAULT } }),
      'spec.source.db: Can only set vault or password!',
    ],
    [
      source({ kafka: { ...KAFKA, password: 'p', vault: VAULT } }),
      'spec.source.kafka: Can only set vault or password!',
    ],
    [source({ kafka: { ...KAFKA, kafkaTopic: '' } }), 'spec.source.kafka.kafkaTopic: must be non-empty'],
    [
      source({ kafka: { ...KAFKA, dataFormat: 'xml' } }),
      "spec.source.kafka.dataFormat: Currently only 'avro' and 'json' are supported as Kafka dataFormat!",
    ],
    [
      source({ kafka: { ...KAFKA, kafkaBrokers: 'a:1, b' } }),
      'spec.source.kafka.kafkaBrokers: Invalid broker at position 1 (b) address b: missing port in address',
    ],
    [
      source({ kafka: { ...KAFKA, schemaRegistryURL: 'http://registry/v1' } }),
      'spec.source.kafka.schemaRegistryURL: Invalid host: address registry: missing port in address',
    ],
    [
      batchTransfer({ flowType: 'Stream' }),
      "spec.flowType: 'dataFlowType' must be 'Batch' for a BatchTransfer!",
    ],
    [
      syncTransfer({ flowType: 'Batch' }),
      "spec.flowType: 'dataFlowType' must be 'Stream' for a SyncTransfer!",
    ],
    [syncTransfer({ schedule: '@daily' }), 'spec.schedule: unknown field'],
    [
      batchTransfer({ successfulJobHistoryLimit: 21 }),
      "spec.successfulJobHistoryLimit: 'successfulJobHistoryLimit' has to be between 0 and 20",
    ],
    [
      batchTransfer({ failedJobHistoryLimit: -1 }),
      "spec.failedJobHistoryLimit: 'failedJobHistoryLimit' has to be between 0 and 20",
    ],
    [
      batchTransfer({ failedJobHistoryLimit: 1, failedJobsHistoryLimit: 1 }),
      'spec: failedJobHistoryLimit and failedJobsHistoryLimit are two spellings of the same field: set one of them',
    ],
    [batchTransfer({ maxFailedRetries: 11 }), 'spec.maxFailedRetries: must be at most 10'],
    [
      batchTransfer({ maxFailedRetries: 1.5 }),
      'spec.maxFailedRetries: must be a whole number, not a fraction',
    ],
    [batchTransfer({ readDataType: 'rows' }), 'spec.readDataType: must be LogData or ChangeData'],
    [
      batchTransfer({ writeOperation: 'Merge' }),
      'spec.writeOperation: must be one of Overwrite, Append, Update',
    ],
    [
      batchTransfer({ transformation: [{ action: 'Redact', columns: ['a'] }, { action: 'RandomAction' }] }),
      'spec.transformation[1].action: unknown action; known are RemoveColumns, RedactColumns, DigestColumns, FilterRows,',
    ],
    [batchTransfer({ transformation: [{}] }), 'spec.transformation[0].action: is required'],
    [batchTransfer({ destination: undefined }), 'spec.destination: is required'],
    [
      batchTransfer({ destination: { s3: { ...S3, objectKey: 'in.csv' } } }),
      'spec.destination: source and destination',
    ],
    [batchTransfer({}, { spec: undefined }), 'spec: is required'],
    [batchTransfer({}, { apiVersion: 'fybrik.io/v2' }), 'apiVersion: must be one of fybrik.io/v1'],
    [batchTransfer({}, { kind: 'Transfer' }), 'kind: must be one of BatchTransfer, SyncTransfer'],
  ])('%#', (resource, error) => {
    expect(configurationErrors(resource)).toEqual([expect.stringContaining(error)]);
    expect(configurationErrors(resource)[0]?.startsWith(error)).toBe(true);
  });

  test.each(['0', '65536', '50000x', '', '-1'])('the database port %j is refused', (port) => {
    const db = { ...DATABASE, db2URL: `jdbc:db2://host:${port}/DB:user=me;` };
    expect(configurationErrors(source({ db }))).toEqual([
      'spec.source.db.db2URL: Invalid database port! Expecting a number from 1 to 65535',
    ]);
  });

  test('upper-case hosts and missing ports of databases are fine', () => {
    expect(refusals(source({ db: { ...DATABASE, db2URL: 'jdbc:db2://HOST/DB' } }))).toHaveLength(1);
  });
});

describe('schedule', () => {
  test.each([
    ['61 * * * *', 'Constraint error, got value 61 expected range 0-59'],
    ['a b c d e', 'Invalid characters, got value: a'],
    ['* * * *', 'Expected exactly 5 fields, found 4: * * * *'],
    ['* * * * * *', 'Expected exactly 5 fields, found 6: * * * * * *'],
    ['0 0 L * *', 'L and # are not supported; give days'],
    ['0 0 * * 5#3', 'L and # are not supported; give days'],
    ['H 3 * * *', 'H is not supported; give values'],
    ['@often', 'Unrecognized descriptor: @often; known are @yearly,'],
  ])('%s is refused in the words of the parser', (schedule, message) => {
    expect(configurationErrors(batchTransfer({ schedule }))).toEqual([
      expect.stringContaining(`spec.schedule: ${message}`),
    ]);
  });

  test.each(['*/5 * * * *', '0 3 * * MON-THU', '0 0 1 JUL *', '@daily', '@midnight'])(
    '%s is valid',
    (schedule) => {
      expect(accepted(batchTransfer({ schedule })).policy.schedule).toMatchObject({ cron: schedule });
    },
  );
});
