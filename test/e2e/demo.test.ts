import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { core } from '../support/kubernetes.ts';
import { poll } from '../support/poll.ts';
import { descendants, isRunning } from '../support/processes.ts';
import { accessKey, endpoint, secretKey } from '../support/s3.ts';

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

  test("uses the user's own servers, and removes what it made there", async () => {
    const args = ['--rows', '100', '--kubeconfig', process.env['KUBECONFIG']!];
    args.push('--temporal', process.env['DDC_TEMPORAL_ADDRESS']!, '--s3', endpoint);
    const run = demo(args, { AWS_ACCESS_KEY_ID: accessKey, AWS_SECRET_ACCESS_KEY: secretKey });
    expect([await run.exit, run.output()]).toEqual([0, expect.stringContaining('status: Succeeded')]);
    expect(run.output()).not.toMatch(/temporal: serves|kubernetes: serves|s3: serves/);
    const { items } = await core.listNamespace();
    expect(items.map((item) => item.metadata!.name)).not.toContain('ddc-demo');
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
