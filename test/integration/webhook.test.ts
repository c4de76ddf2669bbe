import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pino from 'pino';
import { parseAllDocuments } from 'yaml';
import { startController } from '../../deploy/local/controller.ts';
import { freePort } from '../../deploy/local/ports.ts';
import { KubernetesClient, loadKubeConfig } from '../../operator/kubernetes.ts';
import { clauseChecker } from '../../operator/clauses.ts';
import { admissions } from '../../operator/webhook/admit.ts';
import { makeCertificate, type Certificate } from '../../operator/webhook/certificate.ts';
import { keepCertificate } from '../../operator/webhook/kept-certificate.ts';
import { serveWebhook, type WebhookServer } from '../../operator/webhook/server.ts';
import { healthOf } from '../support/https.ts';
import { apply, batchTransfer, createNamespace, getTransfer, kubectl } from '../support/kubernetes.ts';
import { poll } from '../support/poll.ts';

const DATABASE = { db2URL: 'jdbc:db2://host:1234/DB', table: 'MY.TABLE' };
const KAFKA = { kafkaBrokers: 'localhost:9092', kafkaTopic: 'topic' };
const S3 = { endpoint: 'my.endpoint', bucket: 'myBucket', objectKey: 'obj.parq' };
const COPY = { source: { s3: { ...S3, objectKey: 'in.csv' } }, destination: { s3: S3 } };

const log = pino({ level: 'silent' });
const clauses = clauseChecker(log);
const ADDRESS = '127.0.0.1';
/** A certificate is prepared 3 s after the one before was made, and served 2 s later. */
const HOUR = 3_600_000;
const timings = { validity: HOUR, renewBefore: HOUR - 3_000, grace: 2_000, backdated: 60_000 };

let namespace: string;
let client: KubernetesClient;
let server: WebhookServer | undefined;
let port: number;
/** By replica: what it has served. */
const served: Certificate[][] = [[], []];
const stop = new AbortController();
let keepers: Promise<void[]>;

/** One replica of the operator; the first one is asked. */
const keeper = (replica: number) =>
  keepCertificate({
    client,
    namespace,
    names: [ADDRESS],
    timings,
    period: 200,
    log,
    signal: stop.signal,
    use: async (certificate) => {
      served[replica]!.push(certificate);
      if (replica > 0) return;
      const env = { SECRET_PROVIDER_URL: 'mysecrets:123', SECRET_PROVIDER_ROLE: 'demo' };
      if (server === undefined)
        server = await serveWebhook({
          port,
          certificate,
          log,
          admissions: admissions(env, clauses.check),
        });
      else server.setCertificate(certificate);
    },
  });

/** What is deployed, but for this namespace and this process, and strict. */
async function configurations(): Promise<object[]> {
  const documents = parseAllDocuments(await readFile('deploy/webhook/webhook.yaml', 'utf8'));
  return documents
    .map((document) => document.toJS())
    .filter(({ kind }) => kind.endsWith('WebhookConfiguration'))
    .map((configuration) => ({
      ...configuration,
      webhooks: configuration.webhooks.map((webhook: { clientConfig: { service: { path: string } } }) => ({
        ...webhook,
        failurePolicy: 'Fail',
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        clientConfig: { url: `https://${ADDRESS}:${port}${webhook.clientConfig.service.path}` },
      })),
    }));
}

/** What the API server says, without storing anything. */
async function answer(spec: object, args = ['apply'], type: object = {}): Promise<string> {
  const resource = { ...batchTransfer(namespace, 'copy', spec), ...type };
  const { code, stdout, stderr } = await kubectl(
    [...args, '--dry-run=server', '-f', '-'],
    JSON.stringify(resource),
  );
  return code === 0 ? `${stdout}${stderr}` : stderr;
}

beforeAll(async () => {
  namespace = await createNamespace('webhook');
  client = new KubernetesClient(loadKubeConfig(process.env['KUBECONFIG']));
  port = await freePort();
  // Without a webhook nobody refuses it.
  await apply(batchTransfer(namespace, 'older', { ...COPY, schedule: 'whenever' }));
  for (const configuration of await configurations()) {
    const { code, stderr } = await apply(configuration);
    if (code !== 0) throw new Error(stderr);
  }
  keepers = Promise.all([keeper(0), keeper(1)]);
  await poll(
    () => answer({ ...COPY, schedule: 'whenever' }),
    (said) => said.includes('spec.schedule: Expected exactly 5 fields'),
    'the webhook to be asked',
  );
});
afterAll(async () => {
  for (const kind of ['validatingwebhookconfiguration', 'mutatingwebhookconfiguration'])
    await kubectl(['delete', kind, 'ddc-webhook', '--ignore-not-found']);
  stop.abort();
  clauses.close();
  await keepers;
  await server?.stop();
  client.close();
});

describe('kubectl apply', () => {
  test.each<[string, object]>([
    ['1: Db2 to S3', { source: { database: DATABASE }, destination: { s3: S3 } }],
    [
      '2: Db2 to Kafka',
      {
        source: { database: DATABASE },
        destination: { kafka: { ...KAFKA, schemaRegistryURL: 'http://localhost:8080/v1' } },
      },
    ],
    ...[
      'my.endpoint',
      'http://localhost',
      'http://localhost:9090',
      'https://localhost:9091',
      'localhost:9091',
    ].map((endpoint): [string, object] => [
      `5: endpoint ${endpoint}`,
      { ...COPY, source: { s3: { ...S3, objectKey: 'k', endpoint } } },
    ]),
  ])('%s is valid', async (_, spec) => {
    expect(await answer(spec)).toContain('batchtransfer.fybrik.io/copy created (server dry run)');
  });

  test.each(['BatchTransfer', 'StreamTransfer'])('checks a %s of motion.fybrik.io', async (kind) => {
    const type = { apiVersion: 'motion.fybrik.io/v1alpha1', kind };
    const wrong = { ...COPY, source: { s3: { ...S3, bucket: '' } } };
    expect(await answer(wrong, ['apply'], type)).toContain('spec.source.s3.bucket: must be non-empty');
    const database = { ...COPY, source: { database: DATABASE } };
    expect(await answer(database, ['apply'], type)).toMatch(
      /transfer\.motion\.fybrik\.io\/copy created[^]*Warning: .* is not supported yet/,
    );
  });

  test('says what is not supported yet as a warning', async () => {
    expect(await answer({ ...COPY, source: { database: DATABASE } })).toContain(
      'Warning: spec.source.database: the store database is not supported yet; supported stores: s3',
    );
  });

  test.each<[string, object, string[]]>([
    [
      '3: a port out of range and a bad registry host',
      {
        ...COPY,
        source: {
          kafka: {
            ...KAFKA,
            kafkaBrokers: 'localhost:99092',
            schemaRegistryUrl: 'http://loca!lhost:8080/v1',
          },
        },
      },
      [
        'spec.source.kafka.kafkaBrokers: Invalid broker at position 0 (localhost:99092) Port must be between 1 and 65535, inclusive',
        'spec.source.kafka.schemaRegistryUrl: Invalid host: a lowercase RFC 1123 subdomain must consist of',
      ],
    ],
    [
      '4: an empty bucket',
      { ...COPY, source: { s3: { ...S3, bucket: '' } } },
      ['spec.source.s3.bucket: must be non-empty'],
    ],
    [
      '4: an empty key',
      { ...COPY, source: { s3: { ...S3, objectKey: '' } } },
      ['spec.source.s3.objectKey: must be non-empty'],
    ],
    [
      '4: three at once',
      { ...COPY, source: { s3: { endpoint: '123://wrong.com', bucket: '', objectKey: '' } } },
      [
        'spec.source.s3.endpoint: Invalid endpoint! Expecting a endpoint URL!',
        'spec.source.s3.bucket: must be non-empty',
        'spec.source.s3.objectKey: must be non-empty',
      ],
    ],
    [
      'a transformation',
      {
        ...COPY,
        transformation: [
          { action: 'Digest', columns: ['a'], options: { algo: 'md5000' } },
          { action: 'Filter', options: { clause: 'a IN (SELECT 1)' } },
          { action: 'RandomAction' },
        ],
      },
      [
        "spec.transformation[0].options.algo: Algorithm 'md5000' is not supported!",
        'spec.transformation[1].options.clause: subqueries are not allowed in a filter',
        'spec.transformation[2].action: unknown action; known are RemoveColumns',
      ],
    ],
  ])('%s: refused', async (_, spec, told) => {
    for (const command of ['apply', 'create']) {
      const said = await answer(spec, [command]);
      expect(said).toContain('The BatchTransfer "copy" is invalid:');
      for (const error of told) expect(said).toContain(error);
      expect(said.match(/\bspec\.[^:]+: /g)).toHaveLength(told.length);
    }
  });

  test('6: defaults are written; applying the same again changes nothing', async () => {
    const resource = batchTransfer(namespace, 'defaulted', COPY);
    expect(await apply(resource)).toMatchObject({ code: 0, stderr: '' });
    const stored = await getTransfer(namespace, 'defaulted');
    expect(stored?.spec).toMatchObject({
      source: { description: 's3://myBucket/in.csv' },
      destination: { description: 's3://myBucket/obj.parq' },
      secretProviderURL: 'mysecrets:123',
      secretProviderRole: 'demo',
    });
    expect((await apply(resource)).stdout).toContain('unchanged');
    const server = ['apply', '--server-side', '-f', '-'];
    expect(await kubectl([...server, '--force-conflicts'], JSON.stringify(resource))).toMatchObject({
      code: 0,
    });
    expect((await getTransfer(namespace, 'defaulted'))?.metadata.generation).toBe(1);
    const source = { s3: { ...S3, objectKey: 'other.csv' } };
    await apply(batchTransfer(namespace, 'defaulted', { ...COPY, source }));
    expect(await getTransfer(namespace, 'defaulted')).toMatchObject({
      metadata: { generation: 2 },
      spec: { source: { description: 's3://myBucket/other.csv' } },
    });
  });

  test('a resource that was right before can be labelled, relieved of finalizers and deleted, not made worse', async () => {
    const older = ['bt', 'older', '-n', namespace];
    const patch = (body: object) => kubectl(['patch', ...older, '--type=merge', '-p', JSON.stringify(body)]);
    expect(await patch({ metadata: { labels: { a: 'b' }, finalizers: ['example.com/f'] } })).toMatchObject({
      code: 0,
    });
    expect((await patch({ spec: { maxFailedRetries: 1 } })).stderr).toContain('spec.schedule: Expected');
    await kubectl(['delete', ...older, '--wait=false']);
    expect(await patch({ metadata: { finalizers: [] } })).toMatchObject({ code: 0 });
    await poll(
      () => getTransfer(namespace, 'older'),
      (found) => found === undefined,
      'the resource to be gone',
    );
  });
});

test('certificates are rotated without a failed request, by all replicas alike', async () => {
  const path = `/apis/fybrik.io/v1/namespaces/${namespace}/batchtransfers?dryRun=All`;
  const already = served[0]!.length;
  let asked = 0;
  await poll(
    async () => {
      const [good, bad] = await Promise.allSettled([
        client.create(path, batchTransfer(namespace, `copy-${asked}`, COPY)),
        client.create(path, batchTransfer(namespace, `copy-${asked}`, { ...COPY, schedule: 'x' })),
      ]);
      asked += 1;
      expect(good).toMatchObject({ status: 'fulfilled' });
      expect(bad).toMatchObject({ status: 'rejected', reason: { status: 422 } });
      return served[0]!.length - already;
    },
    (rotations) => rotations >= 2,
    'two rotations',
  );
  const latest = served[0]!.at(-1)!;
  await poll(
    () => served[1]!.some(({ cert }) => cert === latest.cert),
    Boolean,
    'the other replica to follow',
  );
  expect(new Set(served[0]!.map(({ cert }) => cert)).size).toBe(served[0]!.length);
});

test('the operator serves it, with a certificate from files, and ends when it is told to', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'ddc-webhook-'));
  const certificate = await makeCertificate([ADDRESS], {
    from: new Date(),
    until: new Date(Date.now() + HOUR),
  });
  await writeFile(join(directory, 'tls.crt'), certificate.cert);
  await writeFile(join(directory, 'tls.key'), certificate.key);
  const own = await freePort();
  const operator = await startController('operator', {
    dir: directory,
    environment: {
      KUBECONFIG: process.env['KUBECONFIG']!,
      DDC_TEMPORAL_ADDRESS: process.env['DDC_TEMPORAL_ADDRESS']!,
      DDC_WATCH_NAMESPACE: namespace,
      DDC_LEADER_ELECTION_NAMESPACE: namespace,
      DDC_WEBHOOK_PORT: String(own),
      DDC_WEBHOOK_CERT_DIR: directory,
    },
  });
  expect(
    await poll(
      () => healthOf(own, certificate.cert),
      (status) => status === 200,
      'the webhook',
    ),
  ).toBe(200);
  await operator.stop();
  expect(await readFile(operator.logFile, 'utf8')).toContain('"msg":"stopped"');
  await rm(directory, { recursive: true });
});
