import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { core, kubectl } from '../support/kubernetes.ts';
import { poll } from '../support/poll.ts';
import { descendants, isRunning } from '../support/processes.ts';
import { accessKey, endpoint, listBuckets, secretKey } from '../support/s3.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** What globalSetup has set would make the demo use the shared servers. */
const OWN_SERVERS = {
  DDC_TEMPORAL_ADDRESS: undefined,
  DDC_S3_ENDPOINT: undefined,
  DDC_KUBECONFIG: undefined,
  // A cluster that happens to be configured; the demo would fail if it touched it.
  KUBECONFIG: '/nonexistent/kubeconfig',
};

interface Demo {
  child: ChildProcess;
  output: () => string;
  exit: Promise<number | null>;
}

function demo(args: string[], environment: Record<string, string | undefined>): Demo {
  const child = spawn('node', [join(ROOT, 'bootstrap.mjs'), 'deploy/local/demo.ts', ...args], {
    cwd: ROOT,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += String(text)));
  const exit = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  return { child, output: () => output, exit };
}

const demoDirectories = (): string[] =>
  readdirSync(join(ROOT, '.ddc')).filter((name) => name.startsWith('demo-'));

/** Namespaces and buckets; other tests make some of their own at the same time. */
async function everything(): Promise<string[]> {
  const { items } = await core.listNamespace();
  const names = [...items.map((item) => item.metadata!.name!), ...(await listBuckets())];
  return names.filter((name) => name.startsWith('ddc-demo')).sort();
}

describe('npm run demo', () => {
  test('starts its own servers, shows the copy and leaves nothing', async () => {
    const before = demoDirectories();
    const run = demo(['--rows', '500'], OWN_SERVERS);
    expect([await run.exit, run.output()]).toEqual([0, expect.stringContaining('status: Succeeded')]);
    expect(run.output()).toMatch(/numRecords: 500\b/);
    expect(run.output()).toMatch(/XXXXX +XXXXX +XXXXX +[0-9a-f]{32}/);
    expect(run.output()).not.toMatch(/secretKey: [^…]/);
    expect(demoDirectories()).toEqual(before);
  });

  const flags = ['--kubeconfig', process.env['KUBECONFIG']!, '--s3', endpoint];
  flags.push('--temporal', process.env['DDC_TEMPORAL_ADDRESS']!);
  const keys = { AWS_ACCESS_KEY_ID: accessKey, AWS_SECRET_ACCESS_KEY: secretKey };
  const named = {
    DDC_KUBECONFIG: process.env['KUBECONFIG'],
    DDC_S3_ACCESS_KEY: accessKey,
    DDC_S3_SECRET_KEY: secretKey,
  };

  test.each([
    ['flags', flags, { ...OWN_SERVERS, ...keys }],
    ['the environment', [], { KUBECONFIG: OWN_SERVERS.KUBECONFIG, ...named }],
  ])("uses the user's own servers, named by %s, and removes what it made there", async (_how, args, env) => {
    const before = await everything();
    const run = demo(['--rows', '100', ...args], env);
    expect([await run.exit, run.output()]).toEqual([0, expect.stringContaining('status: Succeeded')]);
    expect(run.output()).not.toMatch(/temporal: serves|kubernetes: serves|s3: serves/);
    expect(await everything()).toEqual(before);
  });

  test('leaves a namespace that was there, and what is in it; Ctrl-C in the middle', async () => {
    await core.createNamespace({ body: { metadata: { name: 'ddc-demo' } } });
    const body = { metadata: { name: 'mine' } };
    await core.createNamespacedConfigMap({ namespace: 'ddc-demo', body });
    const before = await everything();
    const run = demo(['--rows', '1000', ...flags], { ...OWN_SERVERS, ...keys });
    await poll(run.output, (text) => text.includes('== kubectl apply'), 'the demo to apply');
    run.child.kill('SIGINT');
    expect([await run.exit, run.output()]).toEqual([130, expect.any(String)]);
    expect(await everything()).toEqual(before);
    const { items } = await core.listNamespacedConfigMap({ namespace: 'ddc-demo' });
    expect(items.map((item) => item.metadata!.name)).toContain('mine');
    const left = ['get', 'batchtransfers,leases', '-n', 'ddc-demo', '-o', 'name'];
    expect((await kubectl(left)).stdout).toBe('');
    await core.deleteNamespace({ name: 'ddc-demo' });
  });

  test.each(['== Servers', 'kubernetes: serves', '== kubectl apply', 'Everything stays up'])(
    'Ctrl-C after "%s" leaves no process behind',
    async (moment) => {
      const run = demo(['--keep', '--rows', '1000'], OWN_SERVERS);
      await poll(run.output, (text) => text.includes(moment), `the demo to print "${moment}"`);
      const started = descendants(run.child.pid!);
      run.child.kill('SIGINT');
      expect(await run.exit).toBe(130);
      await poll(
        () => started.filter(isRunning),
        (left) => left.length === 0,
        'all processes to be gone',
      );
    },
  );
});
