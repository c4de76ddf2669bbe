import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { runWorkflowId } from '../../workflows/contract.ts';
import type { ResourceStatus } from '../../operator/api/status.ts';
import { startController, type ControllerProcess } from './controller.ts';
import { readDemoOptions } from './demo-options.ts';
import { demoServers, type DemoServers } from './demo-servers.ts';
import { firstRows, removeSample, uploadSample } from './demo-store.ts';
import { DEMO_NAME, DEMO_NAMESPACE, demoManifest, type DemoStore } from './demo-transfer.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const POLL_MS = 100;
const DEADLINE_MS = 30 * 60_000;
const execute = promisify(execFile);

const options = readDemoOptions(process.argv);
const say = (text: string): void => console.log(text);
const log = (line: string): void => console.error(`  ${line}`);
const title = (text: string): void => say(`\n== ${text}`);

const closers: (() => Promise<void>)[] = [];
let closing: Promise<void> | undefined;
/** Everything that the demo started, last first; once. */
const close = (): Promise<void> =>
  (closing ??= (async () => {
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

  title('Custom resource definitions, operator and worker');
  await run(['apply', '--server-side', '-f', join(ROOT, 'deploy', 'crds')]);
  await run(['create', 'namespace', DEMO_NAMESPACE]).catch(() => undefined);
  for (const controller of await startBoth(dir, environment)) closers.push(() => controller.stop());
  log('both ready');

  const store = demoStore(environment);
  title(`Sample: ${options.rows.toLocaleString('en')} payments as CSV`);
  const bytes = await uploadSample(store, options.rows);
  if (options.s3 !== undefined && !options.keep) closers.push(() => removeSample(store));
  log(`${(bytes / 1e6).toFixed(1)} MB at s3://${store.bucket}/in/payments.csv`);

  const manifest = join(dir, 'payments.yaml');
  writeFileSync(manifest, demoManifest(store), { mode: 0o600 });
  title('kubectl apply -f payments.yaml');
  say(demoManifest({ ...store, accessKey: '…', secretKey: '…' }).trimEnd());
  const began = Date.now();
  await run(['apply', '-f', manifest]);
  if (options.kubeconfig !== undefined && !options.keep)
    closers.push(async () => void (await run(['delete', 'namespace', DEMO_NAMESPACE, '--wait=true'])));
  const { status, workflowId } = await follow(run);
  const seconds = (Date.now() - began) / 1000;

  title(`Status after ${seconds.toFixed(1)} s`);
  say(stringify({ status: shortened(status) }).trimEnd());
  if (status.status !== 'Succeeded') throw new Error(status.error ?? `the transfer ended ${status.status}`);
  title('First rows of the result');
  say(await firstRows(store, join(dir, 'result.parquet'), 5));
  whereToLook(servers, workflowId);
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
    bucket: `ddc-demo-${Date.now().toString(36)}`,
  };
}

type Kubectl = (args: string[]) => Promise<string>;

/** Always with an explicit kubeconfig: never the cluster that happens to be configured on the machine. */
function kubectlOf(program: string, kubeconfig: string): Kubectl {
  return async (args) => (await execute(program, ['--kubeconfig', kubeconfig, ...args])).stdout;
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
