import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { down, status, up } from '../../deploy/local/detached.ts';
import { isAlive } from '../../deploy/local/owner.ts';
import { readState } from '../../deploy/local/state.ts';
import { poll } from '../support/poll.ts';

const SERVERS = fileURLToPath(new URL('../../deploy/local/servers.ts', import.meta.url));

const HOLDER = fileURLToPath(new URL('obtain-holder.ts', import.meta.url));

let dir: string;
const said: string[] = [];
const log = (line: string): void => void said.push(line);
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ddc-detached-'));
  said.length = 0;
});
afterEach(async () => {
  await down(['temporal', 's3'], { dir, log });
  rmSync(dir, { recursive: true });
});

const start = (): Promise<Record<string, string>> => up(['s3'], { dir, env: process.env, log });
const pid = (): number | undefined => readState(dir).s3?.processes[0]?.pid;

test('up, up again, down, up: one server, and always the same environment', async () => {
  const environment = await start();
  expect(Object.keys(environment)).toEqual(['DDC_S3_ENDPOINT', 'DDC_S3_ACCESS_KEY', 'DDC_S3_SECRET_KEY']);
  expect((await fetch(`${environment['DDC_S3_ENDPOINT']}/healthz`)).status).toBe(200);
  const first = pid();
  said.length = 0;
  expect(await start()).toEqual(environment);
  expect(said).toEqual(['s3: runs already']);
  expect(pid()).toBe(first);
  await down(['s3'], { dir, log });
  await expect(fetch(`${environment['DDC_S3_ENDPOINT']}/healthz`)).rejects.toThrow();
  expect(await start()).toEqual(environment);
});

test('the server outlives the command that started it, and another process stops it', async () => {
  const started = spawnSync(process.execPath, [HOLDER, 'leave', dir, 's3'], { encoding: 'utf8' });
  expect(started).toMatchObject({ status: 0, stdout: 'up\n' });
  const [server] = readState(dir).s3?.processes ?? [];
  if (!server) throw new Error('nothing was recorded');
  expect(isAlive(server)).toBe(true);
  expect(Object.keys(await start())).toContain('DDC_S3_ENDPOINT');
  expect(said).toEqual(['s3: runs already']);
  await down(['s3'], { dir, log });
  expect(isAlive(server)).toBe(false);
});

test('a server that died meanwhile is started again', async () => {
  const environment = await start();
  const [first] = readState(dir).s3?.processes ?? [];
  if (!first) throw new Error('nothing runs');
  process.kill(first.pid, 'SIGKILL');
  await poll(
    () => isAlive(first),
    (alive) => !alive,
    'it dies',
  );
  expect(await start()).toEqual(environment);
  expect(pid()).not.toBe(first.pid);
});

test('two at once start one server', async () => {
  const [one, other] = await Promise.all([start(), start()]);
  expect(other).toEqual(one);
  expect(said.filter((line) => line.startsWith('s3: serves'))).toHaveLength(1);
});

test('status tells what runs; the state is for its owner alone', async () => {
  expect(status(dir)[3]).toMatch(/^s3 +- +- +stopped$/);
  await start();
  expect(status(dir)[3]).toMatch(new RegExp(`^s3 +versitygw +${pid()} +running$`));
  expect(statSync(join(dir, 'state.json')).mode & 0o777).toBe(0o600);
});

test('an unknown server is refused with the list of those there are', () => {
  const result = spawnSync(process.execPath, [SERVERS, 'up', 'oracle'], { encoding: 'utf8' });
  expect(result.status).toBe(1);
  expect(result.stdout).toBe('');
  expect(result.stderr).toContain('there is no server "oracle"; there are: temporal, kubernetes, s3');
});

test('another set of servers is kept apart from the usual one', () => {
  const set = `test-${process.pid}`;
  const own = join(dirname(SERVERS), '..', '..', '.ddc', `servers-${set}`);
  const run = (...args: string[]) => spawnSync(process.execPath, [SERVERS, ...args], { encoding: 'utf8' });
  try {
    expect(run('--set', set, 'down', 's3')).toMatchObject({ status: 0, stderr: 's3: does not run\n' });
    expect(existsSync(join(own, 'state.json'))).toBe(true);
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
  expect(run('--set', '../elsewhere', 'status').stderr).toContain('expected small letters, digits and -');
});
