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
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { tryAcquire, withLock } from '../../deploy/local/lock.ts';
import { isAlive, isGone, parseOwner, parseStat, thisProcess } from '../../deploy/local/owner.ts';

let dir: string;
let lock: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ddc-lock-'));
  lock = join(dir, 'etcd');
});
afterEach(() => rmSync(dir, { recursive: true }));

const quiet = (): void => {};
/** Larger than any process id that Linux gives out. */
const NOBODY = 2 ** 22 + 1;

describe('owners', () => {
  test('this process is alive; the same id with another start time is not this process', () => {
    expect(isAlive(thisProcess())).toBe(true);
    expect(isAlive({ ...thisProcess(), startTime: '1@another-boot' })).toBe(false);
    expect(isAlive({ pid: NOBODY, startTime: '' })).toBe(false);
  });

  test('a process of another machine counts as there for an hour', () => {
    const foreign = { pid: NOBODY, startTime: '1', host: 'another-machine' };
    expect(isGone(foreign, 59 * 60_000)).toBe(false);
    expect(isGone(foreign, 61 * 60_000)).toBe(true);
  });

  test.each([
    ['S', '4711'],
    ['R', '4711'],
    ['Z', undefined],
    ['X', undefined],
  ])('state %s', (state, expected) => {
    const fields = Array.from({ length: 18 }, (_, index) => index);
    expect(parseStat(`12 (a) b) ${state} ${fields.join(' ')} 4711 99\n`)).toBe(expected);
  });

  test.each(['', '{}', '{"pid":"1","startTime":"2","host":"h"}', 'null'])('%j names nobody', (text) => {
    expect(parseOwner(text)).toBeUndefined();
  });
});

describe('locks', () => {
  test('one holder at a time; the next one gets it afterwards', async () => {
    const order: string[] = [];
    let release = quiet;
    const first = withLock(lock, 'etcd', quiet, async () => {
      order.push('first in');
      await new Promise<void>((resolve) => (release = resolve));
      order.push('first out');
    });
    const said: string[] = [];
    const second = withLock(
      lock,
      'etcd',
      (line) => said.push(line),
      async () => order.push('second in'),
    );
    expect(said).toEqual([`etcd: process ${process.pid} is obtaining it; waiting for that`]);
    release();
    await Promise.all([first, second]);
    expect(order).toEqual(['first in', 'first out', 'second in']);
    expect(readdirSync(dir)).toEqual([]);
  });

  test('is given back when the work fails', async () => {
    const failing = withLock(lock, 'etcd', quiet, () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    expect(existsSync(lock)).toBe(false);
  });

  test.each([
    ['of a process that is gone', { ...thisProcess(), pid: NOBODY }],
    ['of a process whose id another one has now', { ...thisProcess(), startTime: '1@another-boot' }],
    ['that names nobody', 'disk full'],
  ])('a lock %s is broken', (_what, owner) => {
    writeFileSync(lock, JSON.stringify(owner));
    expect(tryAcquire(lock)).toBe(true);
    expect(parseOwner(readFileSync(lock, 'utf8'))).toEqual(thisProcess());
  });

  test.each([
    ['of a living process', thisProcess()],
    ['of another machine', { pid: NOBODY, startTime: '1', host: 'another-machine' }],
  ])('a lock %s is respected', (_what, owner) => {
    writeFileSync(lock, JSON.stringify(owner));
    expect(tryAcquire(lock)).toBe(false);
    expect(parseOwner(readFileSync(lock, 'utf8'))).toEqual(owner);
  });

  test('an old lock of another machine is broken', () => {
    writeFileSync(lock, JSON.stringify({ pid: 1, startTime: '1', host: 'another-machine' }));
    const old = new Date(Date.now() - 2 * 60 * 60_000);
    utimesSync(lock, old, old);
    expect(tryAcquire(lock)).toBe(true);
  });

  test('whoever is just breaking it is left to do so, unless that one is gone too', () => {
    writeFileSync(lock, JSON.stringify({ ...thisProcess(), pid: NOBODY }));
    writeFileSync(`${lock}.break`, JSON.stringify(thisProcess()));
    expect(tryAcquire(lock)).toBe(false);
    writeFileSync(`${lock}.break`, JSON.stringify({ ...thisProcess(), pid: NOBODY }));
    expect(tryAcquire(lock)).toBe(true);
    expect(readdirSync(dir)).toEqual(['etcd']);
  });
});
