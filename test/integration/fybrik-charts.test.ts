import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { parseTransfer, renderErrors } from '../../operator/api/index.ts';
import { motionStatusSchema } from '../../operator/api/motion-status.ts';
import { CHARTS, helm } from '../support/helm.ts';

const VAULT = {
  address: 'http://vault.fybrik-system:8200',
  authPath: '/v1/auth/kubernetes/login',
  role: 'module',
  secretPath: '/v1/kubernetes-secrets/paysim?namespace=default',
};
const S3 = { endpoint: 'http://s3:9000', bucket: 'demo', object_key: 'in.csv' };
const KAFKA = { bootstrap_servers: 'broker:9093', topic_name: 'topic' };
const from = (connection: object, more: object = {}): object => ({
  connection,
  format: 'csv',
  vault: { read: VAULT },
  ...more,
});
const to = (connection: object, more: object = {}): object => ({
  connection,
  format: 'parquet',
  vault: { write: VAULT },
  ...more,
});
const OUT = to({ s3: { ...S3, object_key: 'copy0a1b' } });
const assets = (source: object, destination = OUT, transformations?: object[]): object => ({
  assets: [{ args: [source, destination], ...(transformations && { transformations }) }],
});

interface Rendered {
  metadata: { name: string; labels: Record<string, unknown> };
  spec: Record<string, unknown>;
}

async function render(chart: keyof typeof CHARTS, values: object): Promise<Rendered> {
  const { code, stdout, stderr } = await helm(['template', 'release', CHARTS[chart]], values);
  if (code !== 0) throw new Error(stderr);
  return parse(stdout) as Rendered;
}

/** What the operator says of it. */
function said({ metadata, ...resource }: Rendered): string {
  const stored = { ...resource, metadata: { ...metadata, namespace: 'ns', uid: 'u', generation: 1 } };
  const parsed = parseTransfer(stored, {});
  return parsed.ok ? 'ok' : `${parsed.state} ${renderErrors(parsed.errors)}`;
}

describe('the charts', () => {
  test.each(Object.values(CHARTS))('%s: helm has nothing against it', async (chart) => {
    const { code, stdout } = await helm(['lint', chart]);
    expect(stdout).toContain('1 chart(s) linted, 0 chart(s) failed');
    expect(code).toBe(0);
  });

  test('batch: everything that Fybrik gives is passed on', async () => {
    const rendered = await render('batch', {
      ...assets(from({ name: 's3', s3: { ...S3, region: 'theshire' } }), OUT, [
        { name: 'RemoveAction', RemoveAction: { columns: ['a', 'yes'] } },
        { name: 'RedactAction', RedactAction: { columns: ['b', 'c'] } },
        { name: 'RedactAction', RedactAction: { columns: ['c', 'd'] } },
      ]),
      labels: { 'app.fybrik.io/app-name': 'my-notebook', n: 1 },
    });
    expect(rendered.metadata).toMatchObject({
      name: 'release',
      labels: { 'app.fybrik.io/app-name': 'my-notebook', n: '1' },
    });
    expect(rendered.spec).toEqual({
      source: {
        s3: {
          ...{ endpoint: 'http://s3:9000', bucket: 'demo', objectKey: 'in.csv' },
          ...{ region: 'theshire', dataFormat: 'csv', vault: VAULT },
        },
      },
      destination: {
        s3: {
          ...{ endpoint: 'http://s3:9000', bucket: 'demo', objectKey: 'copy0a1b' },
          ...{ dataFormat: 'parquet', vault: VAULT },
        },
      },
      transformation: [
        {
          action: 'RedactColumns',
          name: 'redact',
          columns: ['b', 'c', 'd'],
          options: { redactValue: 'XXXXX' },
        },
        { action: 'RemoveColumns', name: 'remove', columns: ['a', 'yes'] },
      ],
      maxFailedRetries: 3,
      noFinalizer: true,
      readDataType: 'LogData',
      writeDataType: 'LogData',
      writeOperation: 'Overwrite',
    });
    expect(said(rendered)).toBe('ok');
  });

  test('batch: the least there can be', async () => {
    const bare = (objectKey: string): object => ({ connection: { s3: { ...S3, object_key: objectKey } } });
    const rendered = await render('batch', assets(bare('in.csv'), bare('out.parquet')));
    expect(rendered.spec).toMatchObject({
      source: { s3: { endpoint: 'http://s3:9000', bucket: 'demo', objectKey: 'in.csv' } },
    });
    expect(said(rendered)).toBe('ok');
  });

  test('batch: Db2 on both sides has its shape, and is refused as not supported yet', async () => {
    const db2 = { url: 'db2.example.com', port: 50_000, database: 'DB', table: 'MY.TABLE', ssl: true };
    const rendered = await render('batch', assets(from({ db2 }), to({ db2: { ...db2, table: 'MY.COPY' } })));
    expect(rendered.spec).toMatchObject({
      source: {
        database: {
          db2URL: 'jdbc:db2://db2.example.com:50000/DB:sslConnection=true;',
          table: 'MY.TABLE',
          vault: VAULT,
        },
      },
      destination: { database: { table: 'MY.COPY', vault: VAULT } },
    });
    expect(said(rendered)).toMatch(/^Fatal spec\.source\.database: the store database is not supported yet/);
  });

  test('stream: Kafka has its shape, and streaming comes later', async () => {
    const kafka = {
      ...KAFKA,
      schema_registry: 'http://registry:8081/ccompat',
      security_protocol: 'SASL_SSL',
      sasl_mechanism: 'PLAIN',
      ssl_truststore: 'AAAA',
      ssl_truststore_password: 'changeit',
      key_deserializer: 'a.Key',
      value_deserializer: 'a.Value',
    };
    const rendered = await render('stream', assets(from({ kafka }, { format: 'avro' })));
    expect(rendered.spec).toMatchObject({
      source: {
        kafka: {
          kafkaBrokers: 'broker:9093',
          kafkaTopic: 'topic',
          schemaRegistryURL: 'http://registry:8081/ccompat',
          securityProtocol: 'SASL_SSL',
          saslMechanism: 'PLAIN',
          sslTruststore: 'AAAA',
          sslTruststorePassword: 'changeit',
          keyDeserializer: 'a.Key',
          valueDeserializer: 'a.Value',
          dataFormat: 'avro',
          vault: VAULT,
        },
      },
      triggerInterval: '10 seconds',
      readDataType: 'ChangeData',
      writeOperation: 'Append',
    });
    expect(said(rendered)).toContain('StreamTransfer is not supported yet');
  });

  test.each<[string, object, string]>([
    ['no asset', { assets: [] }, 'assets must have 1 entry, not 0'],
    ['one side', { assets: [{ args: [OUT] }] }, 'assets[0].args must have 2 entries'],
    ['no bucket', assets(from({ s3: { ...S3, bucket: '' } })), 'assets[0].args[0].connection.s3.bucket'],
    ['another store', assets(from({ kafka: KAFKA })), 'assets[0].args[0].connection must be one of s3, db2'],
    [
      'an action that is not known: columns must not go out as they are',
      assets(from({ s3: S3 }), OUT, [{ name: 'HashAction', HashAction: { columns: ['a'] } }]),
      'assets[0].transformations[0].name must be RedactAction or RemoveAction, not HashAction',
    ],
    [
      'an action without columns',
      assets(from({ s3: S3 }), OUT, [{ name: 'RedactAction' }]),
      'assets[0].transformations[0].RedactAction.columns is required',
    ],
  ])('refuse %s', async (_, values, message) => {
    await expect(render('batch', values)).rejects.toThrow(message);
  });
});

describe.each(['batch', 'stream'] as const)('the %s module', (name) => {
  const { spec } = parse(readFileSync(`deploy/fybrik/${name}-module.yaml`, 'utf8')) as {
    spec: {
      chart: { name: string };
      statusIndicators: { kind: string; successCondition: string; failureCondition: string }[];
    };
  };

  test('names the chart, and gives up in the terminal state only', async () => {
    const { stdout } = await helm(['show', 'chart', CHARTS[name]]);
    const { name: chart, version } = parse(stdout) as { name: string; version: string };
    expect(spec.chart.name.endsWith(`/${chart}:${version}`)).toBe(true);
    const [indicator] = spec.statusIndicators;
    const source = name === 'batch' ? from({ s3: S3 }) : from({ kafka: KAFKA });
    const { kind } = (await render(name, assets(source))) as unknown as { kind: string };
    expect(indicator).toMatchObject({ kind, failureCondition: 'status.status == FAILED' });
    const wanted = /^status\.status == (\w+)$/.exec(indicator!.successCondition)?.[1];
    expect(motionStatusSchema.safeParse({ status: wanted }).success).toBe(true);
  });
});
