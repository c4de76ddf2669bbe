import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { ddc, startDdc, type DdcOutcome } from '../support/ddc.ts';
import { apply, batchTransfer, kubectl, untilStatus } from '../support/kubernetes.ts';
import { Findings } from '../support/leaks.ts';
import { expectOnly, outcome } from '../support/outcome.ts';
import { poll } from '../support/poll.ts';
import { createBucket, put, s3Side, secretKey } from '../support/s3.ts';
import { startStack, type Stack } from '../support/stack.ts';
import { workflowsOf } from '../support/workflows.ts';

let stack: Stack;
let bucket: string;
let plugins: string;
beforeAll(async () => {
  plugins = await mkdtemp(join(tmpdir(), 'ddc-plugin-'));
  stack = await startStack('cli-get', { DDC_CHUNK_BYTES: '512Ki' });
  bucket = await createBucket('cli-get');
  await put(bucket, 'in.csv', 'id,name\n1,a\n2,b\n');
  const lines = Array.from({ length: 100_000 }, (_, index) => `${index},${'x'.repeat(50)}\n`);
  await put(bucket, 'large.csv', `id,text\n${lines.join('')}`);
  await outcome(stack.namespace, 'small', spec('small.parquet'));
});
afterAll(async () => {
  await stack.stop();
  await rm(plugins, { recursive: true });
});

const spec = (to: string, more: object = {}): object => ({
  source: s3Side(bucket, 'in.csv'),
  destination: s3Side(bucket, to),
  ...more,
});
/** Two minutes at 256 KiB a second. */
const slow = (to: string): object =>
  spec(to, { source: s3Side(bucket, 'large.csv'), limits: { bandwidth: '256Ki' } });
const inNamespace = (...args: string[]): Promise<DdcOutcome> => ddc([...args, '-n', stack.namespace]);

function expectNoSecret(found: DdcOutcome): void {
  const findings = new Findings();
  findings.addJson('output', found);
  expect(findings.search(secretKey)).toEqual([]);
}

describe('ddc get', () => {
  test('lists what kubectl lists, and how far it is', async () => {
    const { code, stdout, stderr } = await inNamespace('get');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [heading, row] = stdout.split('\n').map((line) => line.split(/ {2,}/));
    const ours = Object.fromEntries(heading!.map((title, index) => [title, row![index]]));
    expect(ours).toMatchObject({
      NAME: 'small',
      SOURCE: `s3://${bucket}/in.csv`,
      DESTINATION: `s3://${bucket}/small.parquet`,
    });
    const theirs = await kubectl(['get', 'bt', '-n', stack.namespace]);
    const titles = theirs.stdout.split('\n')[0]!.trim().split(/\s+/);
    expect(heading!.filter((title) => title !== 'PROGRESS')).toEqual(titles);
    expect(stdout).toMatch(/small .* Succeeded {2}100 % +2 /);
  });

  test('names, json and yaml, without credentials', async () => {
    expect((await inNamespace('get', '-o', 'name')).stdout).toContain('batchtransfer.fybrik.io/small\n');
    const one = await inNamespace('get', 'small', '-o', 'json');
    expect(JSON.parse(one.stdout)).toMatchObject({
      kind: 'BatchTransfer',
      metadata: { name: 'small' },
      spec: { source: { s3: { secretKey: '***' } } },
      status: { status: 'Succeeded' },
    });
    const all = await inNamespace('get', '-o', 'yaml');
    expect(parse(all.stdout)).toMatchObject({ kind: 'List', items: [{ metadata: { name: 'small' } }] });
    for (const found of [one, all]) expectNoSecret(found);
    expect((await ddc(['get', '-A', '-o', 'wide'])).stdout).toMatch(
      new RegExp(`^NAMESPACE[^]*^${stack.namespace} +small .* done +1/1 +Succeeded$`, 'm'),
    );
  });

  test('what is not there, or cannot be asked', async () => {
    expect(await inNamespace('get', 'absent')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('batchtransfers.fybrik.io "absent" not found'),
    });
    expect(await ddc(['get', '-n', 'nobody'])).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'ddc: no BatchTransfers in namespace nobody\n',
    });
    expect((await inNamespace('get', '--kubeconfig', '/absent')).stderr).toContain('cannot read /absent');
    expect((await inNamespace('get', '--context', 'absent')).stderr).toContain('no context "absent"');
    const config = join(plugins, 'closed');
    const text = (await kubectl(['config', 'view', '--raw', '--flatten'])).stdout;
    await writeFile(config, text.replace(/server: .*/, 'server: https://127.0.0.1:1'), { mode: 0o600 });
    expect((await inNamespace('get', '--kubeconfig', config)).stderr).toMatch(
      /^ddc: the Kubernetes API at 127\.0\.0\.1:1: .*no reply/,
    );
  });

  test("the context's namespace is where it looks", async () => {
    const config = join(plugins, 'with-namespace');
    await writeFile(config, (await kubectl(['config', 'view', '--raw', '--flatten'])).stdout, {
      mode: 0o600,
    });
    const set = [
      'config',
      'set-context',
      '--current',
      '--namespace',
      stack.namespace,
      '--kubeconfig',
      config,
    ];
    expect(await kubectl(set)).toMatchObject({ code: 0 });
    expect((await ddc(['get', '-o', 'name'], '', { KUBECONFIG: config })).stdout).toContain('/small\n');
  });

  test('-w goes on and tells what changes', async () => {
    const watching = startDdc(['get', '-w', '-n', stack.namespace]);
    const seen = (pattern: RegExp): Promise<string> =>
      poll(
        () => watching.output().stdout,
        (stdout) => pattern.test(stdout),
        `${pattern.source} to be shown`,
      );
    await seen(/small .* Succeeded/);
    expect(await apply(batchTransfer(stack.namespace, 'watched', spec('watched.parquet')))).toMatchObject({
      code: 0,
    });
    const stdout = await seen(/watched .* Succeeded/);
    expect(stdout.match(/NAME/g)).toHaveLength(1);
    expect(stdout.match(/^small /gm)).toHaveLength(1);
    watching.child.kill();
    await watching.ended;
  });
});

describe('ddc describe', () => {
  test('tells all there is to know', async () => {
    const found = await inNamespace('describe', 'small');
    expect(found).toMatchObject({ code: 0, stderr: '' });
    for (const line of [
      /^STATUS +Succeeded$/m,
      /^PROGRESS +\[#{20}\] 100 % {2}done, 1 of 1 chunk$/m,
      /^WRITTEN +2 rows, /m,
      /^ {2}id +int64 +int64$/m,
      new RegExp(String.raw`^ {2}s3://${bucket}/small\.parquet `, 'm'),
      /^ {2}Ready +True +Succeeded +\w+ +Ingested 2 records!$/m,
      /^ {2}\w+ +Normal +Success +1 +Ingested 2 records!$/m,
    ])
      expect(found.stdout).toMatch(line);
    expectNoSecret(found);
    expect(await inNamespace('describe', 'absent')).toMatchObject({ code: 1, stdout: '' });
  });
});

describe('a run that goes on', () => {
  test('is cancelled, and nothing of it is left', async () => {
    const place = await createBucket('cli-cancel');
    await apply(
      batchTransfer(stack.namespace, 'cancelled', {
        ...slow(''),
        destination: s3Side(place, 'out.csv'),
      }),
    );
    await poll(
      () => inNamespace('describe', 'cancelled'),
      ({ stdout }) => /copy, [1-9]\d* of \d+ chunks/.test(stdout) && /PACE +[\d.]+ .B\/s, about/.test(stdout),
      'a chunk to be copied',
    );
    expect(await inNamespace('cancel', 'cancelled')).toMatchObject({
      code: 0,
      stdout: `${stack.namespace}/cancelled: cancelled; nothing was published\n`,
    });
    await expectOnly(place, []);
    const status = await untilStatus(stack.namespace, 'cancelled', ['Fatal']);
    expect(status.error).toContain('the run was cancelled');
    expect(await inNamespace('cancel', 'cancelled')).toMatchObject({
      code: 1,
      stderr: `ddc: ${stack.namespace}/cancelled: no run goes on; its status is Fatal\n`,
    });
  });

  test('that waits tries again at once when it is told to', async () => {
    const nowhere = {
      s3: {
        endpoint: 'http://127.0.0.1:1',
        bucket: 'nowhere',
        objectKey: 'k.csv',
        accessKey: 'a',
        secretKey: 's',
      },
    };
    const failed = await outcome(stack.namespace, 'failed', spec('failed.csv', { source: nowhere }), [
      'Failed',
    ]);
    expect(await inNamespace('retry', 'failed')).toMatchObject({
      code: 0,
      stdout: `${stack.namespace}/failed: trying again now\n`,
    });
    const workflows = await workflowsOf(process.env);
    const handle = workflows.client.workflow.getHandle(failed.active!);
    const { events = [] } = await handle.fetchHistory();
    expect(events!.some((event) => event.workflowExecutionUpdateAcceptedEventAttributes)).toBe(true);
    await poll(
      async () => (await handle.fetchHistory()).events ?? [],
      (all) => all.some((event) => event.timerCanceledEventAttributes),
      'the wait to be cut short',
    );
    await inNamespace('cancel', 'failed');
    await workflows.close();
    expect(await inNamespace('retry', 'small')).toMatchObject({ code: 1 });
  });
});

test('as a plugin of kubectl it says so', async () => {
  await symlink(resolve('cli/ddc.mjs'), join(plugins, 'kubectl-ddc'));
  const path = process.env['PATH'];
  process.env['PATH'] = `${plugins}:${path}`;
  try {
    const help = await kubectl(['ddc', 'get', '--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toContain('Usage: kubectl ddc get [options] [name...]');
    expect(help.stdout).toContain('  kubectl ddc get payments -w');
    expect((await kubectl(['ddc', 'get', '-n', stack.namespace])).stdout).toContain('small');
  } finally {
    process.env['PATH'] = path;
  }
});

describe('completion', () => {
  const lines = async (...words: string[]): Promise<string[]> =>
    (await ddc(['complete', '--', ...words])).stdout.split('\n').map((line) => line.split('\t')[0]!);

  test('knows commands, options and the names of BatchTransfers', async () => {
    expect(await lines('des')).toEqual(['describe', ':4', '']);
    expect(await lines('get', '--all')).toEqual(['--all-namespaces', ':4', '']);
    expect(await lines('describe', '-n', stack.namespace, 'sm')).toEqual(['small', ':4', '']);
    expect(await lines('run', '-f', '')).toEqual([':0', '']);
    expect(await ddc(['complete', '--', 'get', '--kubeconfig', '/absent', ''])).toMatchObject({
      code: 0,
      stdout: ':4\n',
      stderr: '',
    });
  });

  test('in bash', async () => {
    await symlink(resolve('cli/ddc.mjs'), join(plugins, 'ddc'));
    const script = `source <(ddc completion bash)
      try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _ddc_complete; echo "\${COMPREPLY[*]}"; }
      compopt() { echo "compopt $*"; }
      try ddc get -n ${stack.namespace} sm
      try ddc get -o ''
      try ddc plan -f pay`;
    const { stdout } = await promisify(execFile)('bash', ['-c', script], {
      env: { ...process.env, PATH: `${plugins}:${process.env['PATH']}` },
    });
    expect(stdout.split('\n')).toEqual(['small', 'table wide name json yaml', 'compopt -o default', '', '']);
  });

  test('kubectl asks it for its own', async () => {
    await symlink(resolve('cli/ddc.mjs'), join(plugins, 'kubectl_complete-ddc'));
    const path = process.env['PATH'];
    process.env['PATH'] = `${plugins}:${path}`;
    try {
      const { stdout } = await kubectl(['__complete', 'ddc', 'desc']);
      expect(stdout).toContain('describe\t');
    } finally {
      process.env['PATH'] = path;
    }
  });
});
