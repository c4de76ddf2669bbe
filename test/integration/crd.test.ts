import { beforeAll, describe, expect, test } from '@jest/globals';
import { crdFiles } from '../../operator/api/crd-files.ts';
import { parseTransfer } from '../../operator/api/index.ts';
import { apply, createNamespace, getTransfer, kubectl } from '../support/kubernetes.ts';
import { poll } from '../support/poll.ts';

const S3 = { endpoint: 'my.endpoint', bucket: 'myBucket', objectKey: 'in.csv' };
const DESTINATION = { s3: { ...S3, objectKey: 'out.parquet' } };
const VAULT = { role: 'r', secretPath: '/s', address: 'http://vault:8200', authPath: '/a' };
const DATABASE = { db2URL: 'jdbc:db2://host:1234/DB', table: 'MY.TABLE' };
const KAFKA = { kafkaBrokers: 'localhost:9092', kafkaTopic: 'topic' };

let namespace: string;

const resource = (name: string, spec: object, kind = 'BatchTransfer') => ({
  apiVersion: 'fybrik.io/v1',
  kind,
  metadata: { namespace, name },
  spec: { source: { s3: S3 }, destination: DESTINATION, ...spec },
});

beforeAll(async () => {
  for (const { content } of crdFiles()) {
    const { code, stderr } = await kubectl(
      ['apply', '--server-side', '--force-conflicts', '-f', '-'],
      content,
    );
    if (code !== 0) throw new Error(stderr);
  }
  await kubectl([
    'wait',
    '--for=condition=Established',
    '--timeout=30s',
    'crd/batchtransfers.fybrik.io',
    'crd/synctransfers.fybrik.io',
  ]);
  namespace = await createNamespace('crd');
});

/** What the API server says to `kubectl apply`, without storing anything. */
async function answer(body: object): Promise<string> {
  const { code, stdout, stderr } = await kubectl(
    ['apply', '--dry-run=server', '-f', '-'],
    JSON.stringify(body),
  );
  return code === 0 ? stdout.trim() : stderr.trim();
}

describe('the API server', () => {
  test('knows no structural fault in the CRDs', async () => {
    const { stdout } = await kubectl([
      'get',
      'crd',
      'batchtransfers.fybrik.io',
      'synctransfers.fybrik.io',
      '-o',
      'json',
    ]);
    expect(stdout).toContain('"Established"');
    expect(stdout).not.toContain('NonStructuralSchema');
  });

  test('takes a resource, fills in the defaults, drops null fields, and the parser reads the result', async () => {
    const { code, stderr } = await apply(
      resource('good', {
        source: { cos: { ...S3, access_key: 'a', secret_key: 'b' } },
        transformation: [{ action: 'redact', columns: ['a'], options: { redactValue: 1 } }],
        spark: { driverCores: 2, options: { a: 'b' } },
        schedule: null,
        suspend: null,
        successfulJobsHistoryLimit: 2,
      }),
    );
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const stored = await getTransfer(namespace, 'good');
    expect(stored?.spec).toEqual({
      source: { cos: { ...S3, access_key: 'a', secret_key: 'b' } },
      destination: DESTINATION,
      transformation: [{ action: 'redact', columns: ['a'], options: { redactValue: 1 } }],
      spark: { driverCores: 2, options: { a: 'b' } },
      successfulJobsHistoryLimit: 2,
      imagePullPolicy: 'IfNotPresent',
      maxFailedRetries: 3,
      flowType: 'Batch',
      readDataType: 'LogData',
      writeDataType: 'LogData',
      writeOperation: 'Overwrite',
    });
    expect(parseTransfer(stored, {})).toMatchObject({
      ok: true,
      transfer: { uid: stored?.metadata.uid, generation: 1 },
    });
  });

  test.each([
    ['the least there can be', {}],
    ['data types in other spellings', { readDataType: 'CDC', writeDataType: 'log' }],
    ['the key in dataAsset', { source: { s3: { endpoint: 'e', bucket: 'bucket' }, dataAsset: 'k' } }],
    ['one key and a vaultPath', { source: { s3: { ...S3, accessKey: 'a', vaultPath: '/p' } } }],
    ['Vault', { source: { s3: { ...S3, vault: VAULT } } }],
    [
      'keys by reference',
      {
        source: {
          s3: {
            ...S3,
            parquet: {
              encryption: {
                vault: { ...VAULT, namespace: 'n' },
                columnKeys: [{ columns: ['a'], secretImport: 'd;a -> key' }],
              },
            },
          },
        },
        transformation: [{ action: 'Digest', columns: ['a'], options: { vault: VAULT, nested: [{ a: 1 }] } }],
      },
    ],
    ['what comes later: database', { source: { db: DATABASE } }],
    [
      'what comes later: kafka',
      { source: { kafka: { ...KAFKA, schemaRegistryUrl: 'http://r:1', dataFormat: 'raw' } } },
    ],
    ['what comes later: a database with Vault', { source: { database: { ...DATABASE, vault: VAULT } } }],
    ['what comes later: a schedule', { schedule: '0 3 * * *', suspend: true, failedJobHistoryLimit: 20 }],
    ['what the operator checks: cron', { schedule: 'whenever' }],
  ])('accepts %s', async (_, spec) => {
    expect(await answer(resource('ok', spec))).toBe('batchtransfer.fybrik.io/ok created (server dry run)');
  });

  test('accepts a SyncTransfer', async () => {
    const spec = { source: { kafka: KAFKA }, triggerInterval: '10 seconds' };
    expect(await answer(resource('sync', spec, 'SyncTransfer'))).toContain(
      'synctransfer.fybrik.io/sync created',
    );
  });

  // The same rules, told twice: the parser must refuse whatever the API server refuses, with the same words.
  test.each([
    [
      'spec.source',
      'exactly one store is needed: s3 (or cos), kafka, database (or db) or cloudant',
      { source: { s3: S3, kafka: KAFKA } },
    ],
    ['spec.source', 'exactly one store is needed', { source: {} }],
    [
      'spec.destination',
      's3 and cos are two spellings of the same store',
      { destination: { s3: S3, cos: S3 } },
    ],
    [
      'spec.source.s3',
      'Can only set vault or accessKey/secretKey!',
      { source: { s3: { ...S3, accessKey: 'a', secretKey: 'b', vault: VAULT } } },
    ],
    ['spec.source.s3', 'accessKey and secretKey go together', { source: { s3: { ...S3, secret_key: 'a' } } }],
    [
      'spec.source.s3',
      'accessKey and access_key are two spellings',
      { source: { s3: { ...S3, accessKey: 'a', access_key: 'a', secretKey: 'b' } } },
    ],
    [
      'spec.source.s3.objectKey',
      'is required: name the object here, or in dataAsset',
      { source: { s3: { endpoint: 'e', bucket: 'bucket' } } },
    ],
    ['spec.source.db.table', 'Table cannot be empty!', { source: { db: { ...DATABASE, table: '' } } }],
    [
      'spec.source.database.db2URL',
      'Invalid JDBC string!',
      { source: { database: { ...DATABASE, db2URL: 'jdbc:db2//h:1/D' } } },
    ],
    [
      'spec.source.db',
      'Can only set vault or password!',
      { source: { db: { ...DATABASE, password: 'p', vault: VAULT } } },
    ],
    [
      'spec.source.kafka.dataFormat',
      "Currently only 'avro' and 'json' are supported as Kafka dataFormat!",
      { source: { kafka: { ...KAFKA, dataFormat: 'xml' } } },
    ],
    [
      'spec.source.s3.parquet.encryption.footerKey',
      'is required',
      { source: { s3: { ...S3, parquet: { encryption: {} } } } },
    ],
    [
      'spec.source.s3.parquet.encryption.columnKeys[0].key',
      'is required',
      {
        source: {
          s3: { ...S3, parquet: { encryption: { vault: VAULT, columnKeys: [{ columns: ['a'] }] } } },
        },
      },
    ],
    ['spec.flowType', "'dataFlowType' must be 'Batch' for a BatchTransfer!", { flowType: 'Stream' }],
    [
      'spec.failedJobsHistoryLimit',
      "'failedJobsHistoryLimit' has to be between 0 and 20",
      { failedJobsHistoryLimit: 21 },
    ],
    [
      'spec',
      'successfulJobHistoryLimit and successfulJobsHistoryLimit are two spellings',
      { successfulJobHistoryLimit: 1, successfulJobsHistoryLimit: 1 },
    ],
    ['spec.readDataType', 'must be LogData or ChangeData', { readDataType: 'rows' }],
  ])('refuses at %s: %s', async (path, message, spec) => {
    const body = resource('bad', spec);
    const said = await answer(body);
    expect(said).toContain(`${path}: Invalid value`);
    expect(said).toContain(message);
    const parsed = parseTransfer({ ...body, metadata: { ...body.metadata, uid: 'u', generation: 1 } }, {});
    expect(parsed).toMatchObject({
      ok: false,
      state: 'ConfigurationError',
      errors: expect.arrayContaining([
        expect.objectContaining({ path, message: expect.stringContaining(message) }),
      ]),
    });
  });

  test.each([
    ['spec.sourcee', { sourcee: {} }],
    ['spec.source.s3.buckett', { source: { s3: { ...S3, buckett: 'b' } } }],
    ['spec.transformation[0].column', { transformation: [{ action: 'Redact', column: 'a' }] }],
  ])('refuses the unknown field %s by name', async (path, spec) => {
    expect(await answer(resource('bad', spec))).toContain(`unknown field "${path}"`);
  });

  test.each([
    ['spec.maxFailedRetries', { maxFailedRetries: 11 }],
    ['spec.source.s3.bucket', { source: { s3: { ...S3, bucket: '' } } }],
    ['spec.writeOperation', { writeOperation: 'Merge' }],
    ['spec.source.s3.endpoint', { source: { s3: { bucket: 'b', objectKey: 'k' } } }],
  ])('refuses a bad value by the name of its field, %s', async (path, spec) => {
    expect(await answer(resource('bad', spec))).toContain(path);
  });
});

describe('kubectl', () => {
  test('explains the fields', async () => {
    // it fails for some seconds after a CRD has come
    const { stdout } = await poll(
      () => kubectl(['explain', 'batchtransfer.spec.source.s3']),
      ({ code }) => code === 0,
      'kubectl explain to work',
      60_000,
    );
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      'Key of the object to read or write, e.g. payments/2024.csv.',
    );
    expect(stdout).toMatch(/bucket\s+<string> -required-/);
  });

  test('shows source, destination, status and rows, also by the short name', async () => {
    await apply(resource('shown', { schedule: '@daily' }));
    const status = {
      status: 'Succeeded',
      numRecords: 42,
      sourceDescription: 's3://myBucket/in.csv',
      destinationDescription: 's3://myBucket/out.parquet',
      source: {
        format: 'csv',
        columns: [{ name: 'a', type: 'int64', nullable: true }],
        details: { delimiter: ',' },
      },
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          lastTransitionTime: '2024-01-01T00:00:00Z',
          reason: 'Succeeded',
          message: 'm',
        },
      ],
    };
    const patched = await kubectl([
      'patch',
      'bt',
      'shown',
      '-n',
      namespace,
      '--subresource=status',
      '--type=merge',
      '-p',
      JSON.stringify({ status }),
    ]);
    expect(patched.stderr).toBe('');
    const { stdout } = await kubectl(['get', 'bt', 'shown', '-n', namespace]);
    const [header, line] = stdout
      .trim()
      .split('\n')
      .map((row) => row.split(/\s{2,}|(?<=\S)\s(?=\S)/));
    expect(header).toEqual(['NAME', 'SOURCE', 'DESTINATION', 'SCHEDULE', 'STATUS', 'ROWS', 'AGE']);
    expect(line?.slice(0, 6)).toEqual([
      'shown',
      's3://myBucket/in.csv',
      's3://myBucket/out.parquet',
      '@daily',
      'Succeeded',
      '42',
    ]);
    expect((await getTransfer(namespace, 'shown'))?.status).toEqual(status);
  });
});
