import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import proto from '@temporalio/proto';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import pino from 'pino';
import { byTokenFile } from '../../cli/codec-server/authenticate.ts';
import { serveCodec } from '../../cli/codec-server/serve.ts';
import type { Listening } from '../../operator/webhook/listen.ts';
import { openTemporalData, type TemporalData } from '../../codec/temporal-data.ts';
import { startController } from '../../deploy/local/controller.ts';
import type { RunProgress } from '../../workflows/contract.ts';
import { csvOf } from '../support/csv.ts';
import { apply, batchTransfer, getTransfer, kubectl, untilGone, untilStatus } from '../support/kubernetes.ts';
import { ddc } from '../support/ddc.ts';
import { Findings } from '../support/leaks.ts';
import { outcome } from '../support/outcome.ts';
import { poll } from '../support/poll.ts';
import { createBucket, put, s3Side } from '../support/s3.ts';
import { startStack, type Stack } from '../support/stack.ts';
import { workflowsOf, type Workflows } from '../support/workflows.ts';

Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined) });
const run = promisify(execFile);
const { DescribeWorkflowExecutionResponse } = proto.temporal.api.workflowservice.v1;
/** Part of the names of bucket, objects and columns: what nobody may read in Temporal. */
const hidden = `hidden${randomBytes(6).toString('hex')}`;
const token = randomBytes(16).toString('hex');

let directory: string;
let keys: string;
let stack: Stack;
let data: TemporalData;
let workflows: Workflows;
let server: Listening;
let bucket: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ddc-keys-'));
  keys = join(directory, 'keys');
  await run('mkdir', [keys]);
  await writeFile(join(keys, 'k1'), randomBytes(32).toString('hex'));
  await writeFile(join(directory, 'token'), token);
  data = await openTemporalData({ codecKeysDir: keys }, () => undefined);
  stack = await startStack('encrypted', { DDC_CODEC_KEYS_DIR: keys, DDC_CHUNK_BYTES: '32Ki' });
  workflows = await workflowsOf(process.env, data.dataConverter);
  server = await serveCodec({
    ...{ host: '127.0.0.1', port: 0, codec: data.codec, origins: [], log: pino({ level: 'silent' }) },
    authenticate: byTokenFile(join(directory, 'token')),
  });
  bucket = await createBucket(hidden);
  await put(
    bucket,
    `${hidden}.csv`,
    csvOf(`id,${hidden}`, 20_000, (index) => `${index},text`),
  );
});
afterAll(async () => {
  await stack.stop();
  await server.stop();
  await workflows.close();
  await rm(directory, { recursive: true });
});

const spec = (more: object = {}): object => ({
  source: s3Side(bucket, `${hidden}.csv`),
  destination: s3Side(bucket, `${hidden}.parquet`),
  transformation: [{ action: 'Redact', columns: [hidden], options: { redactValue: 'x' } }],
  ...more,
});

/** As `temporal workflow show` exports it. */
async function history(workflowId: string, ...more: string[]): Promise<string> {
  const at = ['--address', process.env['DDC_TEMPORAL_ADDRESS']!, '--workflow-id', workflowId];
  const args = ['workflow', 'show', ...at, '--output', 'json', ...more];
  return (await run(process.env['DDC_TEMPORAL_CLI']!, args, { maxBuffer: 64 * 2 ** 20 })).stdout;
}

/** To the queries of a workflow, as Temporal passes them on. */
async function answersOf(workflowId: string): Promise<Buffer> {
  const answers = ['progress', '__temporal_workflow_metadata'].map(async (queryType) => {
    const request = { namespace: 'default', execution: { workflowId }, query: { queryType } };
    const { queryResult } = await workflows.client.workflowService.queryWorkflow(request);
    return Buffer.from(queryResult!.payloads![0]!.data!);
  });
  return Buffer.concat(await Promise.all(answers));
}

async function idOf(name: string): Promise<string> {
  const all = await workflows.ofNamespace(stack.namespace);
  return all.find(({ workflowId }) => workflowId.includes(`/${name}/`))!.workflowId;
}

describe('with keys for the codec', () => {
  test('Temporal knows no names of stores, objects and columns, nor why a run failed', async () => {
    const { namespace } = stack;
    expect(await outcome(namespace, 'copied', spec())).toMatchObject({ status: 'Succeeded' });
    const nothing = { source: s3Side(bucket, `${hidden}/nothing`) };
    const fatal = await outcome(namespace, 'fatal', spec(nothing));
    expect(fatal).toMatchObject({ status: 'Fatal', error: expect.stringContaining(hidden) });
    const away = { destination: s3Side(bucket, 'x', { endpoint: 'http://127.0.0.1:1' }) };
    const failed = await outcome(namespace, 'away', spec(away), ['Failed']);
    expect(failed.error).toContain('127.0.0.1:1');
    const local = JSON.stringify(batchTransfer(namespace, 'local', spec()));
    expect(await ddc(['run', '-f', '-'], local, { DDC_CODEC_KEYS_DIR: keys })).toMatchObject({ code: 0 });
    await kubectl(['delete', 'bt', 'copied', 'away', '-n', namespace, '--wait=false']);
    await Promise.all(['copied', 'away'].map((name) => untilGone(namespace, name)));

    const all = await workflows.ofNamespace(namespace);
    expect(new Set(all.map(({ type }) => type))).toEqual(new Set(['batchTransfer', 'deleteTransfer']));
    const findings = new Findings();
    for (const { workflowId } of all) {
      findings.add('history', await history(workflowId, '--no-json-shorthand-payloads'));
      const handle = workflows.client.workflow.getHandle(workflowId);
      const { raw } = await handle.describe();
      findings.add('description', Buffer.from(DescribeWorkflowExecutionResponse.encode(raw).finish()));
    }
    findings.add('queries', await answersOf(await idOf('fatal')));
    expect(findings.search(namespace).map(({ place }) => place)).toEqual(
      expect.arrayContaining(['history', 'description']),
    );
    for (const text of [hidden, '127.0.0.1:1', 'does not exist'])
      expect({ text, found: findings.search(text) }).toEqual({ text, found: [] });
  });

  test('the codec server shows it all to who has the token', async () => {
    const workflowId = await idOf('fatal');
    const codec = ['--codec-endpoint', `http://127.0.0.1:${server.port}`, '--codec-auth', `Bearer ${token}`];
    const findings = new Findings();
    findings.add('history', await history(workflowId, ...codec));
    for (const text of [`${hidden}.parquet`, `s3://${bucket}/${hidden}/nothing does not exist`])
      expect({ text, found: findings.search(text) }).not.toEqual({ text, found: [] });
  });

  test('recorded runs replay', async () => {
    const workflowsPath = fileURLToPath(new URL('../../workflows/index.ts', import.meta.url));
    const ended = (await workflows.ofNamespace(stack.namespace)).filter(
      ({ status }) => status?.name !== 'RUNNING',
    );
    const histories = await Promise.all(
      ended.map(async ({ workflowId }) => ({
        workflowId,
        history: await workflows.client.workflow.getHandle(workflowId).fetchHistory(),
      })),
    );
    const { dataConverter } = data;
    for await (const { workflowId, error } of Worker.runReplayHistories(
      { workflowsPath, dataConverter },
      histories,
    ))
      expect({ workflowId, error }).toEqual({ workflowId, error: undefined });
  });

  test('a worker without the keys harms no run, and says what it misses', async () => {
    const { namespace, taskQueue } = stack;
    await stack.worker.stop();
    const environment = {
      KUBECONFIG: process.env['KUBECONFIG']!,
      DDC_TEMPORAL_ADDRESS: process.env['DDC_TEMPORAL_ADDRESS']!,
      DDC_TASK_QUEUE: taskQueue,
      DDC_SCRATCH_DIR: join(directory, 'scratch'),
    };
    const without = await startController('worker', { dir: directory, environment });
    try {
      expect((await apply(batchTransfer(namespace, 'waits', spec()))).code).toBe(0);
      const log = (): Promise<string> => run('cat', [without.logFile]).then(({ stdout }) => stdout);
      const said = await poll(log, (text) => text.includes('encrypted with the key'), 'a log');
      expect(said).toMatch(/encrypted with the key \\"k1\\".*DDC_CODEC_KEYS_DIR must name/);
      expect(['Pending', 'Running']).toContain((await getTransfer(namespace, 'waits'))?.status?.status);
    } finally {
      await without.kill();
    }
    stack.worker = await stack.start('worker');
    expect(await untilStatus(namespace, 'waits', ['Succeeded', 'Fatal'])).toMatchObject({
      status: 'Succeeded',
    });
    const workflowId = await idOf('waits');
    const progress: RunProgress = await workflows.client.workflow.getHandle(workflowId).query('progress');
    expect(progress).toMatchObject({ state: 'Succeeded' });
  });
});
