import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startController, type ControllerProcess } from '../../deploy/local/controller.ts';
import { paymentsCsv } from '../../deploy/local/payments.ts';
import { startServers, type RunningServers } from '../../deploy/local/start.ts';
import { bucketsOf } from '../support/buckets.ts';
import { batchTransfer, clusterOf, type Cluster } from '../support/cluster.ts';
import { startFlightReader, type FlightReader } from '../support/flight.ts';
import { apply, getTransfer, kubectl, untilGone, untilStatus } from '../support/kubernetes.ts';
import { OriginalValues } from '../support/original-values.ts';
import { ENDED } from '../support/outcome.ts';
import { poll } from '../support/poll.ts';
import { startStack, type Stack } from '../support/stack.ts';
import { startStoreProxy, type StoreProxy } from '../support/store-proxy.ts';
import { workersOf, workflowsOf, type Workflows } from '../support/workflows.ts';

const ROWS = 4_000;
/** The columns that Fybrik's sample tags as personal. */
const TAGGED = ['nameOrig', 'oldbalanceOrg', 'newbalanceOrig'];
const REDACTED = 'XXXXX';
const REDACT = [{ action: 'RedactColumns', columns: TAGGED, options: { redactValue: REDACTED } }];
const SAMPLE = 'fybrik-notebook-sample';

const csv = [...paymentsCsv(ROWS)].join('');
const [header = '', ...lines] = csv.trimEnd().split('\n');
const columns = header.split(',');
const payments = lines.map((line) => line.split(','));
const valuesOf = (...names: string[]): Set<string> =>
  new Set(payments.flatMap((row) => names.map((name) => row[columns.indexOf(name)]!)));
const untagged = valuesOf(...columns.filter((name) => !TAGGED.includes(name)));

const minioOf = (environment: Readonly<Record<string, string | undefined>>) =>
  bucketsOf({
    DDC_S3_ENDPOINT: environment['DDC_MINIO_ENDPOINT'],
    DDC_S3_ACCESS_KEY: environment['DDC_MINIO_ACCESS_KEY'],
    DDC_S3_SECRET_KEY: environment['DDC_MINIO_SECRET_KEY'],
  });

/** theshire has the operator, the data and a worker: the servers of all tests. */
const data = minioOf(process.env);
let theshire: Stack;
let source: string;
/** homeoffice has another API server and store, the reader and a worker. */
let homeoffice: { servers: RunningServers; cluster: Cluster; worker: ControllerProcess };
let shared: ReturnType<typeof bucketsOf>;
let target: string;
/** Between everybody and homeoffice's store. */
let door: StoreProxy;
const arrived: Buffer[] = [];
let workflows: Workflows;
let reader: FlightReader;

beforeAll(async () => {
  const dir = join(process.env['DDC_TEST_DIR']!, 'multicluster');
  mkdirSync(dir, { recursive: true });
  const log = (): void => undefined;
  const starting = startServers(['kubernetes', 'minio'], {
    dir: join(dir, 'servers'),
    env: process.env,
    log,
  });
  theshire = await startStack('theshire', {
    DDC_REGION: 'theshire',
    DDC_REGIONS: 'theshire,homeoffice,gondor',
    // several chunks, so that all that is kept beside the data is seen, too
    DDC_CHUNK_BYTES: '100Ki',
  });
  const servers = await starting;
  shared = minioOf(servers.environment);
  const secrets = join(dir, 'secrets');
  mkdirSync(join(secrets, 'store'), { recursive: true });
  writeFileSync(join(secrets, 'store', 'accessKey'), shared.accessKey);
  writeFileSync(join(secrets, 'store', 'secretKey'), shared.secretKey);
  const worker = await startController('worker', {
    dir: join(dir, 'homeoffice'),
    environment: {
      KUBECONFIG: servers.environment['KUBECONFIG']!,
      DDC_TEMPORAL_ADDRESS: process.env['DDC_TEMPORAL_ADDRESS']!,
      DDC_TASK_QUEUE: theshire.taskQueue,
      DDC_REGION: 'homeoffice',
      DDC_SECRET_DIR: secrets,
      DDC_SCRATCH_DIR: join(dir, 'homeoffice', 'scratch'),
      DDC_PARALLEL_CHUNKS: '1',
    },
  });
  homeoffice = { servers, cluster: clusterOf(servers.environment), worker };
  door = await startStoreProxy(shared.endpoint);
  door.arrived = (piece) => arrived.push(piece);
  workflows = await workflowsOf(process.env);
  source = await data.createBucket('payments');
  target = await shared.createBucket('copies');
  await data.put(source, 'payments.csv', csv);

  // As Fybrik does: the reader finds the copy, and the keys to it, in its own cluster.
  await homeoffice.cluster.core.createNamespace({ body: { metadata: { name: SAMPLE } } });
  const { accessKey: access_key, secretKey: secret_key } = shared;
  const body = { metadata: { name: 'paysim' }, stringData: { access_key, secret_key } };
  await homeoffice.cluster.core.createNamespacedSecret({ namespace: SAMPLE, body });

  // while others are tested, these wait
  await Promise.all([applied('waits', elsewhere('gondor')), applied('goes', elsewhere('gondor'))]);
}, 180_000);

afterAll(async () => {
  await reader?.stop();
  await Promise.all([theshire?.stop(), homeoffice?.worker.kill(), workflows?.close(), door?.close()]);
  await homeoffice?.servers.stop();
});

const fromTheshire = (region = 'theshire'): object => data.s3Side(source, 'payments.csv', { region });
const toHomeoffice = (key: string, more: object = {}): object =>
  shared.s3Side(target, key, { endpoint: door.endpoint, region: 'homeoffice', ...more });

const elsewhere = (region: string): object => ({
  source: fromTheshire(region),
  destination: toHomeoffice('waiting.parquet'),
  transformation: REDACT,
});

async function applied(name: string, spec: object): Promise<void> {
  expect((await apply(batchTransfer(theshire.namespace, name, spec))).stderr).toBe('');
}

async function credentialsInHomeoffice(): Promise<Record<string, string>> {
  const { data: kept = {} } = await homeoffice.cluster.core.readNamespacedSecret({
    namespace: SAMPLE,
    name: 'paysim',
  });
  return Object.fromEntries(
    Object.entries(kept).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
  );
}

describe("Fybrik's notebook sample over two clusters", () => {
  test('what is tagged is redacted before anything leaves theshire, and the notebook reads all rows', async () => {
    await applied('paysim', {
      source: fromTheshire(),
      // not compressed: what is recorded can be read
      destination: toHomeoffice('paysim-1f3a', { dataFormat: 'parquet', parquet: { compression: 'none' } }),
      transformation: REDACT,
    });
    const status = await untilStatus(theshire.namespace, 'paysim', ENDED);
    expect(status.error).toBeUndefined();
    expect(status).toMatchObject({
      status: 'Succeeded',
      numRecords: ROWS,
      placement: { region: 'theshire', taskQueue: `${theshire.taskQueue}.theshire` },
    });
    expect(status.progress!.chunksTotal).toBeGreaterThan(2);

    // theshire's worker has done all of it, homeoffice's nothing: it cannot even see the resource
    expect(await workersOf(workflows.client, status.lastCompleted!)).toEqual(['theshire']);
    expect(readFileSync(homeoffice.worker.logFile, 'utf8')).not.toContain(theshire.namespace + '/');
    const crds = await homeoffice.cluster.kubectl(['get', 'crds', '-o', 'name']);
    expect(crds.stdout).toBe('');

    // all that homeoffice's store was sent: objects, plan, ledger, headers
    const recorded = Buffer.concat(arrived);
    expect(door.seen.length).toBeGreaterThan(5);
    const tagged = [...valuesOf(...TAGGED)].filter((value) => !untagged.has(value));
    expect(tagged.length).toBeGreaterThan(2 * ROWS);
    expect(new OriginalValues(tagged).foundIn(recorded)).toEqual([]);
    // such values would have been found
    const others = valuesOf('nameDest', 'amount');
    const amounts = [...valuesOf('amount')].map(Number);
    expect(new Set(new OriginalValues(others).foundIn(recorded))).toEqual(
      new Set([...valuesOf('nameDest'), ...amounts]),
    );

    reader = await startFlightReader(join(theshire.dir, 'reader'), {
      [`${SAMPLE}/paysim`]: {
        ...{ endpoint: shared.endpoint, bucket: target, objectKey: 'paysim-1f3a', format: 'parquet' },
        ...(await credentialsInHomeoffice()),
      },
    });
    const rows = await reader.read(`${SAMPLE}/paysim`);
    expect(rows).toEqual(payments.map((row) => expected(row)));
    const some = await reader.read(`${SAMPLE}/paysim`, ['nameOrig', 'amount']);
    expect(some[0]).toEqual({ nameOrig: REDACTED, amount: Number(payments[0]![2]) });
    expect(some).toHaveLength(ROWS);
  });

  test('a transfer of homeoffice is done there, with credentials that only its worker has', async () => {
    const { servers } = homeoffice;
    const own = (key: string): object => ({
      s3: {
        endpoint: servers.environment['DDC_MINIO_ENDPOINT'],
        ...{ bucket: target, objectKey: key, region: 'homeoffice', secretImport: 'store' },
      },
    });
    await shared.put(target, 'in.csv', csv);
    await applied('at-home', {
      source: own('in.csv'),
      destination: own('out.parquet'),
      transformation: REDACT,
    });
    const status = await untilStatus(theshire.namespace, 'at-home', ENDED);
    expect(status.error).toBeUndefined();
    expect(status).toMatchObject({ status: 'Succeeded', placement: { region: 'homeoffice' } });
    expect(await workersOf(workflows.client, status.lastCompleted!)).toEqual(['homeoffice']);
    // so is its removal
    await kubectl(['delete', 'bt', '-n', theshire.namespace, 'at-home', '--wait=false']);
    await untilGone(theshire.namespace, 'at-home');
    expect(await shared.keys(target)).not.toContain('out.parquet');
  });

  test('where no worker of the region is, the status says for whom it waits; another region gets on', async () => {
    for (const name of ['waits', 'goes']) {
      const { conditions, placement } = await poll(
        async () => (await getTransfer(theshire.namespace, name))?.status ?? {},
        (status) => status.conditions?.some(({ reason }) => reason === 'WaitingForWorker') ?? false,
        'to wait for a worker',
      );
      expect(conditions!.find(({ type }) => type === 'Progressing')!.message).toBe(
        `Waiting for a worker on task queue ${theshire.taskQueue}.gondor.`,
      );
      expect(placement).toMatchObject({ region: 'gondor' });
    }
    await kubectl(['delete', 'bt', '-n', theshire.namespace, 'goes', '--wait=false']);
    await applied('waits', elsewhere('theshire'));
    const status = await untilStatus(theshire.namespace, 'waits', ENDED);
    expect(status).toMatchObject({ status: 'Succeeded', placement: { region: 'theshire' } });
    await untilGone(theshire.namespace, 'goes');
  });
});

/** What a reader gets of a payment. */
function expected(row: string[]): Record<string, string | number> {
  const texts = new Set(['type', 'nameDest']);
  return Object.fromEntries(
    columns.map((name, index) => {
      if (TAGGED.includes(name)) return [name, REDACTED];
      return [name, texts.has(name) ? row[index]! : Number(row[index])];
    }),
  );
}
