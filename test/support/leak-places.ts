import { execFile } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import proto from '@temporalio/proto';
import { childrenOf } from './crash.ts';
import { core, kubectl } from './kubernetes.ts';
import type { Findings } from './leaks.ts';
import { get, keys } from './s3.ts';
import type { Stack } from './stack.ts';
import { workflowsOf } from './workflows.ts';

const run = promisify(execFile);
const { DescribeWorkflowExecutionResponse } = proto.temporal.api.workflowservice.v1;
/** The server's own query for what a workflow shows of itself. */
const QUERIES = ['progress', '__temporal_workflow_metadata'];

/** Command line and environment of operator, worker and engine processes. */
export async function addProcesses(findings: Findings, { operator, worker }: Stack): Promise<void> {
  const engines = await childrenOf(worker.pid, 'engine-process');
  const processes = { operator: [operator.pid], worker: [worker.pid], engine: engines };
  for (const [name, pids] of Object.entries(processes))
    for (const pid of pids)
      for (const file of ['cmdline', 'environ'])
        findings.add(`${file} of ${name}`, await readFile(`/proc/${pid}/${file}`).catch(() => undefined));
}

/** Logs and scratch. */
export async function addFiles(findings: Findings, { dir }: Stack): Promise<void> {
  await addDirectory(findings, dir);
}

/** Its files live for moments: what is to be seen of them must be looked at often. */
export async function addScratch(findings: Findings, { dir }: Stack): Promise<void> {
  await addDirectory(findings, join(dir, 'scratch'));
}

/** Files may go while they are read. */
async function addDirectory(findings: Findings, directory: string): Promise<void> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries.filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const place = entry.name.endsWith('.log') ? entry.name : 'scratch';
    findings.add(place, await readFile(path).catch(() => undefined));
  }
}

/** Status and managed fields; the spec holds inline credentials, and kubectl repeats it in an annotation. */
export async function addResources(findings: Findings, { namespace }: Stack): Promise<void> {
  const { stdout } = await kubectl(['get', 'bt', '-n', namespace, '-o', 'json', '--show-managed-fields']);
  const { items } = JSON.parse(stdout) as {
    items: { status?: unknown; metadata: { managedFields?: unknown } }[];
  };
  for (const { status, metadata } of items) {
    findings.addJson('status', status ?? {});
    findings.addJson('managed fields', metadata.managedFields);
  }
  const table = await kubectl(['get', 'bt', '-n', namespace]);
  findings.add('kubectl get', table.stdout);
}

export async function addEvents(findings: Findings, { namespace }: Stack): Promise<void> {
  findings.addJson('events', await core.listNamespacedEvent({ namespace }));
}

/** What lies beside the data while it is copied, and the data. Objects may go while they are read. */
export async function addObjects(findings: Findings, bucket: string): Promise<void> {
  for (const key of await keys(bucket)) {
    const place = key.startsWith('.ddc/') ? 'ledger' : 'result';
    findings.add(`${place} keys`, key);
    findings.add(place, await get(bucket, key).catch(() => undefined));
  }
}

/** What Temporal tells of the workflows: memo, search attributes, texts, pending activities, queries. */
export async function addDescriptions(findings: Findings, { namespace }: Stack): Promise<void> {
  const workflows = await workflowsOf(process.env);
  try {
    for (const { workflowId, runId } of await workflows.ofNamespace(namespace)) {
      const handle = workflows.client.workflow.getHandle(workflowId, runId);
      const { raw } = await handle.describe();
      findings.add(
        'workflow description',
        Buffer.from(DescribeWorkflowExecutionResponse.encode(raw).finish()),
      );
      for (const query of QUERIES)
        findings.addJson(`query ${query}`, await handle.query(query).catch(() => undefined));
    }
  } finally {
    await workflows.close();
  }
}

/** Every history as `temporal workflow show` exports it, payloads in base64. */
export async function addHistories(
  findings: Findings,
  { namespace }: Pick<Stack, 'namespace'>,
): Promise<string[]> {
  const workflows = await workflowsOf(process.env);
  const types: string[] = [];
  try {
    for (const { workflowId, runId, type } of await workflows.ofNamespace(namespace)) {
      const { stdout } = await run(
        process.env['DDC_TEMPORAL_CLI']!,
        [
          ...['workflow', 'show', '--address', process.env['DDC_TEMPORAL_ADDRESS']!],
          ...[
            '--workflow-id',
            workflowId,
            '--run-id',
            runId,
            '--output',
            'json',
            '--no-json-shorthand-payloads',
          ],
        ],
        { maxBuffer: 64 * 2 ** 20 },
      );
      findings.add(`history of ${type}`, stdout);
      types.push(type);
    }
  } finally {
    await workflows.close();
  }
  return types;
}
