import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { acquire, release } from '../../deploy/local/install-lock.mjs';

const INSTALLER = fileURLToPath(new URL('../support/installer.ts', import.meta.url));
const NOBODY = 2 ** 22 + 1;
const INSTALLERS = 6;
let dir: string;
let lock: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ddc-install-'));
  lock = join(dir, 'install.lock');
});
afterEach(() => rmSync(dir, { recursive: true }));

test('many that find the lock of a dead installer: one has it at a time', async () => {
  writeFileSync(lock, String(NOBODY));
  const args = ['--disable-warning=ExperimentalWarning', INSTALLER, dir, '30'];
  const installers = Array.from({ length: INSTALLERS }, () =>
    once(spawn(process.execPath, args, { stdio: 'ignore' }), 'exit'),
  );
  const codes = (await Promise.all(installers)).map(([code]) => code as number);
  expect(existsSync(join(dir, 'overlaps')) ? readFileSync(join(dir, 'overlaps'), 'utf8') : '').toBe('');
  expect(codes).toEqual(codes.map(() => 0));
  expect(readFileSync(join(dir, 'done'), 'utf8')).toHaveLength(INSTALLERS);
});

test('whoever is just breaking it is left to do so', async () => {
  writeFileSync(lock, String(NOBODY));
  writeFileSync(`${lock}.break`, String(process.pid));
  const args = ['--disable-warning=ExperimentalWarning', INSTALLER, dir, '1'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'exit');
  const [said] = (await once(child.stderr, 'data')) as [Buffer];
  expect(String(said)).toContain(`process ${NOBODY} installs them; waiting`);
  expect(existsSync(join(dir, 'done'))).toBe(false);
  rmSync(`${lock}.break`);
  expect(await ended).toEqual([0, null]);
  expect(existsSync(join(dir, 'done'))).toBe(true);
});

test.each([
  ['a dead process', String(NOBODY), 0],
  ['nobody, and old', '', 60],
])('a lock of %s is broken, and given back', (_whose, owner, ageSeconds) => {
  writeFileSync(lock, owner);
  const then = Date.now() / 1000 - ageSeconds;
  utimesSync(lock, then, then);
  acquire(lock);
  expect(readFileSync(lock, 'utf8')).toBe(String(process.pid));
  release(lock);
  expect(readdirSync(dir)).toEqual([]);
});
