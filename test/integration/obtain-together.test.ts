import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { cachedFile } from '../../deploy/local/cache.ts';
import { startTime } from '../../deploy/local/owner.ts';
import { poll } from '../support/poll.ts';
import { scene } from './obtain-fixtures.ts';

const PROGRAM = fileURLToPath(new URL('obtain-child.ts', import.meta.url));

let here: ReturnType<typeof scene>;
let children: ChildProcess[];
beforeEach(() => {
  here = scene();
  children = [];
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  here.remove();
});

function start(): { child: ChildProcess; path: Promise<string> } {
  const child = spawn(process.execPath, [PROGRAM, here.dir, here.cache], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const path = (async () => {
    let output = '';
    for await (const chunk of child.stdout) output += String(chunk);
    return output.trim();
  })();
  return { child, path };
}

const lines = (name: string): string[] => {
  const file = join(here.dir, name);
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
};
const begun = (count: number): Promise<string[]> =>
  poll(
    () => lines('begun'),
    (pids) => pids.length === count,
    `${count} builds begun`,
  );
const letGo = (): void => writeFileSync(join(here.dir, 'go'), '');

test('two processes that want the same program: one builds, the other waits and takes it', async () => {
  const first = start();
  await begun(1);
  const second = start();
  await poll(
    () => lines('said'),
    (said) => said.includes(`etcd: process ${first.child.pid} is obtaining it; waiting for that`),
    'the second one says that it waits',
  );
  letGo();
  const path = cachedFile(here.cache, 'etcd', '1.1.0');
  expect(await Promise.all([first.path, second.path])).toEqual([path, path]);
  expect(lines('begun')).toHaveLength(1);
  expect(execFileSync(path, { encoding: 'utf8' })).toBe('etcd 1.1.0\n');
});

test('a build that is killed takes its tools along, and the next one starts from nothing', async () => {
  const first = start();
  const [tool] = await begun(1);
  expect(startTime(Number(tool))).toBeDefined();
  expect(readdirSync(join(here.cache, 'work', 'etcd'))).toContain('half');
  first.child.kill('SIGKILL');
  await poll(
    () => startTime(Number(tool)),
    (time) => time === undefined,
    'the tool ends',
  );
  expect(existsSync(join(here.cache, 'locks', 'etcd'))).toBe(true);

  letGo();
  const second = start();
  expect(await second.path).toBe(cachedFile(here.cache, 'etcd', '1.1.0'));
  expect(lines('begun')).toHaveLength(2);
  expect(lines('found')).toEqual(['']);
  for (const name of ['work', 'locks']) expect(readdirSync(join(here.cache, name))).toEqual([]);
});

test('Ctrl-C in a build: the one that waits takes over', async () => {
  const first = start();
  await begun(1);
  const second = start();
  await poll(
    () => lines('said'),
    (said) => said.some((line) => line.includes('waiting for that')),
    'the second one waits',
  );
  first.child.kill('SIGINT');
  await begun(2);
  letGo();
  expect(await second.path).toBe(cachedFile(here.cache, 'etcd', '1.1.0'));
});
