import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CreateBucketCommand, ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { isAlive } from '../../deploy/local/owner.ts';
import { SERVER_PORTS } from '../../deploy/local/plan.ts';
import type { ServerName } from '../../deploy/local/plan.ts';
import { freePorts } from '../../deploy/local/ports.ts';
import { startSharedServers } from '../../deploy/local/shared.ts';
import { startServers } from '../../deploy/local/start.ts';
import type { RunningServers, ServerPorts } from '../../deploy/local/start.ts';
import { SEARCH_ATTRIBUTES } from '../../workflows/contract.ts';
import { poll } from '../support/poll.ts';

const HOLDER = fileURLToPath(new URL('obtain-holder.ts', import.meta.url));

let dir: string;
let running: RunningServers;

function start(names: ServerName[], ports: ServerPorts = {}): Promise<RunningServers> {
  return startServers(names, { dir, ports, env: process.env, log: () => {} });
}

const value = (name: string): string => running.environment[name] ?? '';
const run = (program: string, ...args: string[]): string =>
  execFileSync(value(program), args, {
    encoding: 'utf8',
    stdio: 'pipe',
    env: { HOME: dir, KUBECONFIG: value('KUBECONFIG') },
  });
const temporal = (...args: string[]): string =>
  run('DDC_TEMPORAL_CLI', ...args, '--address', value('DDC_TEMPORAL_ADDRESS'));
const kubectl = (...args: string[]): string => run('DDC_KUBECTL', ...args);

function s3(): S3Client {
  return new S3Client({
    endpoint: value('DDC_S3_ENDPOINT'),
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: value('DDC_S3_ACCESS_KEY'), secretAccessKey: value('DDC_S3_SECRET_KEY') },
  });
}
const buckets = async (): Promise<(string | undefined)[]> =>
  (await s3().send(new ListBucketsCommand({}))).Buckets?.map((bucket) => bucket.Name) ?? [];

describe('all servers', () => {
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'ddc-servers-'));
    running = await start(['temporal', 'kubernetes', 's3']);
  });
  afterAll(async () => {
    await running.stop();
    rmSync(dir, { recursive: true });
  });

  test('temporal survives kill -9 on the same port, with its workflows and our search attributes', async () => {
    const list = temporal('operator', 'search-attribute', 'list');
    for (const name of SEARCH_ATTRIBUTES) expect(list).toMatch(new RegExp(`${name}\\s+Keyword`));
    temporal('workflow', 'start', '--type', 'any', '--task-queue', 'none', '--workflow-id', 'survivor');
    const address = value('DDC_TEMPORAL_ADDRESS');
    await running.kill('temporal');
    expect(running.processes().map((process) => process.name)).not.toContain('temporal');
    await running.restart('temporal');
    expect(value('DDC_TEMPORAL_ADDRESS')).toBe(address);
    expect(temporal('workflow', 'describe', '--workflow-id', 'survivor')).toContain('survivor');
    expect((await fetch(value('DDC_TEMPORAL_UI'))).status).toBe(200);
  });

  test('the Kubernetes API survives kill -9, with its objects; controllers work', async () => {
    kubectl('create', 'namespace', 'survivor');
    kubectl('create', 'configmap', 'survivor', '--namespace', 'survivor');
    await running.kill('kube-apiserver');
    expect(() => kubectl('get', 'namespaces')).toThrow(/refused/);
    await running.restart('kube-apiserver');
    expect(kubectl('get', 'configmaps', '--namespace', 'survivor')).toContain('survivor');
    await running.restart('etcd');
    await running.restart('kube-controller-manager');
    kubectl('delete', 'namespace', 'survivor', '--timeout=60s');
    expect(kubectl('get', 'namespaces')).not.toContain('survivor');
  });

  test('the kubeconfig is for its owner alone, and nobody else is let in', async () => {
    expect(statSync(value('KUBECONFIG')).mode & 0o777).toBe(0o600);
    const server = /server: (\S+)/.exec(readFileSync(value('KUBECONFIG'), 'utf8'))?.[1] ?? '';
    expect(() =>
      run(
        'DDC_KUBECTL',
        '--kubeconfig=/dev/null',
        `--server=${server}`,
        '--insecure-skip-tls-verify',
        'get',
        'namespaces',
        '--token=x',
      ),
    ).toThrow(/Unauthorized|must be logged in/i);
  });

  test('the S3 server survives kill -9, with its objects, and checks who asks', async () => {
    await s3().send(new CreateBucketCommand({ Bucket: 'survivor' }));
    await running.kill('versitygw');
    await expect(buckets()).rejects.toThrow();
    await running.restart('versitygw');
    expect(await buckets()).toEqual(['survivor']);
    const stranger = new S3Client({
      endpoint: value('DDC_S3_ENDPOINT'),
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId: value('DDC_S3_ACCESS_KEY'), secretAccessKey: 'a guess' },
    });
    await expect(stranger.send(new ListBucketsCommand({}))).rejects.toThrow(/signature/i);
  });

  test('a process that was not started here cannot be killed here', async () => {
    const only = await startServers([], { dir, env: process.env, log: () => {} });
    await expect(only.kill('etcd')).rejects.toThrow(
      'process "etcd" belongs to no server that was started here (none)',
    );
  });
});

describe('one server', () => {
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'ddc-servers-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  test('stop leaves no process, and the next start finds the data', async () => {
    running = await start(['s3']);
    await s3().send(new CreateBucketCommand({ Bucket: 'kept' }));
    const processes = running.processes();
    expect(processes.map((process) => process.name)).toEqual(['versitygw']);
    await running.stop();
    await running.stop();
    expect(processes.filter(isAlive)).toEqual([]);
    running = await start(['s3']);
    expect(await buckets()).toEqual(['kept']);
    await running.stop();
  });

  test.each([
    ['temporal', 'grpc', 'temporal'],
    ['temporal', 'ui', 'temporal'],
    ['kubernetes', 'etcd', 'etcd'],
    ['kubernetes', 'api', 'kube-apiserver'],
    ['s3', 's3', 'versitygw'],
    ['vault', 'vault', 'vault'],
  ] as const)('a fixed port that is taken: %s %s', async (name, which, process) => {
    const ports = await freePorts(SERVER_PORTS[name]);
    const other = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => other.listen(ports[which], '127.0.0.1', resolve));
    const starting = start([name], { [name]: ports });
    await expect(starting).rejects.toThrow(
      new RegExp(`${process} ended .*\n.*${process}\\.log:\n.*in use`, 's'),
    );
    await expect(starting).rejects.toMatchObject({ portTaken: true });
    expect(commandsIn(dir)).toEqual([]);
    await new Promise((resolve) => other.close(resolve));
  });

  test('kill -9 of the process that started them leaves nothing', async () => {
    const holder = spawn(process.execPath, [HOLDER, 'hold', dir, 's3', 'temporal'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const chunk of holder.stdout) if (String(chunk).includes('up')) break;
    expect(commandsIn(dir).length).toBeGreaterThanOrEqual(2);
    holder.kill('SIGKILL');
    await poll(
      () => commandsIn(dir),
      (commands) => commands.length === 0,
      'the servers end',
    );
  });

  test('shared servers: in a directory of their own, removed at the end together with those of dead runs', async () => {
    const root = join(dir, 'state');
    const options = { root, env: process.env, log: () => {} };
    const first = await startSharedServers([], options);
    expect(first.dir).toBe(join(root, `test-${process.pid}`));
    // As if that run had been killed, and its process id used again.
    const dead = join(root, 'test-1');
    execFileSync('cp', ['-r', first.dir, dead]);
    execFileSync('sed', [
      '-i',
      's/"startTime":"[^"]*"/"startTime":"1@another-boot"/',
      join(dead, 'owner.json'),
    ]);
    await first.stop();
    const second = await startSharedServers(['s3'], options);
    expect(execFileSync('ls', [root], { encoding: 'utf8' })).toBe(`test-${process.pid}\n`);
    expect(commandsIn(second.dir)).toHaveLength(2);
    await second.stop();
    expect(execFileSync('ls', [root], { encoding: 'utf8' })).toBe('');
    expect(commandsIn(second.dir)).toEqual([]);
  });
});

/** Command lines of living processes that name the directory; watchdogs among them. */
function commandsIn(dir: string): string[] {
  const list = execFileSync('ps', ['-ewwo', 'stat=,args='], { encoding: 'utf8' }).split('\n');
  return list.filter(
    (line) => line.includes(dir) && !line.startsWith('Z') && !line.includes('obtain-holder'),
  );
}
