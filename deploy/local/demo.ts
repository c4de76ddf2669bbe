import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { runWorkflowId } from '../../workflows/contract.ts';
import type { ResourceStatus } from '../../operator/api/status.ts';
import { startController, type ControllerProcess } from './controller.ts';
import { exists, kubectlOf, remove, type ClusterObject, type Kubectl } from './demo-cluster.ts';
import { readDemoOptions } from './demo-options.ts';
import { demoServers, type DemoServers } from './demo-servers.ts';
import { bucketExists, firstRows, removeBucket, uploadSample } from './demo-store.ts';
import { DEMO_NAME, DEMO_NAMESPACE, demoManifest, type DemoStore } from './demo-transfer.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const POLL_MS = 100;
const DEADLINE_MS = 30 * 60_000;

const options = readDemoOptions(process.argv);
const say = (text: string): void => console.log(text);
const log = (line: string): void => console.error(`  ${line}`);
const title = (text: string): void => say(`\n== ${text}`);

const closers: (() => Promise<void>)[] = [];
let closing: Promise<void> | undefined;
let making: Promise<unknown> = Promise.resolve();
/** Makes something that a closer removes: not any more when the demo is being closed, which waits for what is under way. */
function make<T>(work: () => Promise<T>): Promise<T> {
  if (closing !== undefined) throw new Error('interrupted');
  const made = work();
  making = made.catch(() => undefined);
  return made;
}
/** Everything that the demo started, last first; once. */
const close = (): Promise<void> =>
  (closing ??= (async () => {
    await making;
    for (const closer of closers.toReversed()) await closer().catch((error: Error) => log(error.message));
  })());
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => void close().then(() => process.exit(signal === 'SIGINT' ? 130 : 143)));

try {
  await demo();
  if (options.keep) {
    say('\nEverything stays up until Ctrl-C.');
    await new Promise(() => setInterval(() => undefined, 1 << 30));
  }
} catch (error) {
  if (closing === undefined) console.error(`\nThe demo failed: ${(error as Error).message}`);
  process.exitCode = 1;
} finally {
  await close();
}

async function demo(): Promise<void> {
  mkdirSync(join(ROOT, '.ddc'), { recursive: true });
  const dir = mkdtempSync(join(ROOT, '.ddc', 'demo-'));
  closers.push(async () => rmSync(dir, { recursive: true, force: true }));

  title('Servers');
  const servers = await demoServers(options, dir, log);
  closers.push(() => servers.stop());
  const { kubectl, environment } = servers;
  const run = kubectlOf(kubectl, environment['KUBECONFIG']!);
  const store = demoStore(environment);
  const others = new Set(servers.existing);

  title('Custom resource definitions, operator and worker');
  await run(['apply', '--server-side', '-f', join(ROOT, 'deploy', 'crds')]);
  const cluster = others.has('kubernetes');
  if (!(await claim(run, ['namespace', DEMO_NAMESPACE], cluster)))
    await make(() => run(['create', 'namespace', DEMO_NAMESPACE]));
  await claimBucket(store, others.has('s3'));
  await claim(run, ['lease', 'ddc-operator', '-n', DEMO_NAMESPACE], cluster);
  for (const controller of await startBoth(dir, environment)) closers.push(() => controller.stop());
  log('both ready');

  title(`Sample: ${options.rows.toLocaleString('en')} payments as CSV`);
  const bytes = await make(() => uploadSample(store, options.rows));
  log(`${(bytes / 1e6).toFixed(1)} MB at s3://${store.bucket}/in/payments.csv`);

  const manifest = join(dir, 'payments.yaml');
  writeFileSync(manifest, demoManifest(store), { mode: 0o600 });
  // Its deletion removes what it has written, and so needs the operator and the worker.
  if (await claim(run, ['batchtransfer', DEMO_NAME, '-n', DEMO_NAMESPACE], cluster || others.has('s3')))
    throw new Error(`there is a BatchTransfer ${DEMO_NAMESPACE}/${DEMO_NAME} already; remove it first`);
  title('kubectl apply -f payments.yaml');
  say(demoManifest({ ...store, accessKey: '…', secretKey: '…' }).trimEnd());
  const began = Date.now();
  await make(() => run(['apply', '-f', manifest]));
  const { status, workflowId } = await follow(run);
  const seconds = (Date.now() - began) / 1000;

  title(`Status after ${seconds.toFixed(1)} s`);
  say(stringify({ status: shortened(status) }).trimEnd());
  if (status.status !== 'Succeeded') throw new Error(status.error ?? `the transfer ended ${status.status}`);
  title('First rows of the result');
  say(await firstRows(store, join(dir, 'result.parquet'), 5));
  whereToLook(servers, workflowId);
}

/**
 * Before the demo makes something: what was not there before is removed at the end, also when the making is interrupted.
 * @param lasting false for what goes with a server that the demo has started
 * @returns whether it was there before
 */
async function claim(run: Kubectl, object: ClusterObject, lasting: boolean): Promise<boolean> {
  const before = await exists(run, object);
  if (!before && lasting) closers.push(() => remove(run, object));
  return before;
}

async function claimBucket(store: DemoStore, lasting: boolean): Promise<void> {
  if (await bucketExists(store)) throw new Error(`the bucket ${store.bucket} exists already`);
  if (lasting) closers.push(() => removeBucket(store));
}

async function startBoth(dir: string, environment: Record<string, string>): Promise<ControllerProcess[]> {
  const needed = ['KUBECONFIG', 'DDC_TEMPORAL_ADDRESS'].map((name) => [name, environment[name]!] as const);
  const settings = {
    dir,
    environment: {
      ...Object.fromEntries(needed),
      DDC_SCRATCH_DIR: join(dir, 'scratch'),
      // Only the demo's own resources, also on a cluster where another operator works.
      DDC_WATCH_NAMESPACE: DEMO_NAMESPACE,
      DDC_LEADER_ELECTION_NAMESPACE: DEMO_NAMESPACE,
      DDC_TASK_QUEUE: 'ddc-demo',
    },
  };
  return Promise.all([startController('operator', settings), startController('worker', settings)]);
}

function demoStore(environment: Record<string, string>): DemoStore {
  return {
    endpoint: environment['DDC_S3_ENDPOINT']!,
    accessKey: environment['DDC_S3_ACCESS_KEY']!,
    secretKey: environment['DDC_S3_SECRET_KEY']!,
    bucket: `ddc-demo-${randomBytes(6).toString('hex')}`,
  };
}

/** Shows progress until the transfer has ended. */
async function follow(run: Kubectl): Promise<{ status: ResourceStatus; workflowId: string }> {
  let shown = '';
  for (const deadline = Date.now() + DEADLINE_MS; Date.now() < deadline; await delay(POLL_MS)) {
    const resource = JSON.parse(
      await run(['get', 'batchtransfer', DEMO_NAME, '-n', DEMO_NAMESPACE, '-o', 'json']),
    ) as { metadata: { uid: string; generation: number }; status?: ResourceStatus };
    const status = resource.status ?? {};
    const line = progressLine(status);
    if (line !== shown) log(line);
    shown = line;
    if (['Succeeded', 'Fatal', 'ConfigurationError'].includes(status.status ?? '')) {
      const { uid, generation } = resource.metadata;
      const identity = { kind: 'BatchTransfer', apiVersion: 'fybrik.io/v1', uid, generation } as const;
      return {
        status,
        workflowId: runWorkflowId({ ...identity, namespace: DEMO_NAMESPACE, name: DEMO_NAME }),
      };
    }
  }
  throw new Error('the transfer did not end in time');
}

function progressLine(status: ResourceStatus): string {
  const { progress, statistics } = status;
  const bar = progress === undefined ? '' : ` ${progress.phase} ${progress.percent} %`;
  const rows =
    statistics?.rowsWritten === undefined ? '' : `, ${statistics.rowsWritten.toLocaleString('en')} rows`;
  return `${status.status ?? 'applied'}${bar}${rows}${status.error === undefined ? '' : `: ${status.error}`}`;
}

/** Without the schemas, which fill a screen. */
function shortened(status: ResourceStatus): object {
  const side = (metadata: ResourceStatus['source']): object | undefined =>
    metadata && {
      ...metadata,
      columns: metadata.columns.map((column) => `${column.name}: ${column.type}`).join(', '),
    };
  return { ...status, source: side(status.source), destination: side(status.destination) };
}

function whereToLook(servers: DemoServers, workflowId: string): void {
  const { environment, kubectl } = servers;
  title(options.keep ? 'Where to look' : 'Where to look (with `npm run demo -- --keep`)');
  const ui = environment['DDC_TEMPORAL_UI'];
  if (ui !== undefined)
    say(`Web UI:    ${ui}/namespaces/default/workflows/${encodeURIComponent(workflowId)}`);
  const target = `${kubectl} --kubeconfig ${environment['KUBECONFIG']} -n ${DEMO_NAMESPACE}`;
  say(`kubectl:   ${target} get bt`);
  say(`           ${target} describe bt ${DEMO_NAME}`);
  say(`           ${target} explain batchtransfer.spec.source.s3`);
  const cli = environment['DDC_TEMPORAL_CLI'] ?? 'temporal';
  const address = `--address ${environment['DDC_TEMPORAL_ADDRESS']}`;
  say(`temporal:  ${cli} workflow list ${address}`);
  say(`           ${cli} workflow query ${address} --type progress --workflow-id ${workflowId}`);
}
