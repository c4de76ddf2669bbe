import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { cacheDir, cachedFile, install, lookUp } from '../../deploy/local/cache.ts';

let cache: string;
let file: string;
const said: string[] = [];
const log = (line: string): void => void said.push(line);

beforeEach(async () => {
  cache = mkdtempSync(join(tmpdir(), 'ddc-cache-'));
  said.length = 0;
  const made = join(cache, 'made');
  writeFileSync(made, 'the program');
  file = await install(cache, 'etcd', '3.6.16', made);
});
afterEach(() => rmSync(cache, { recursive: true }));

describe('the cache', () => {
  test('holds what was installed, executable, under name and version', async () => {
    expect(file).toBe(cachedFile(cache, 'etcd', '3.6.16'));
    expect(statSync(file).mode & 0o111).toBe(0o111);
    expect(await lookUp(cache, 'etcd', '3.6.16', log)).toBe(file);
    expect(await lookUp(cache, 'etcd', '3.6.15', log)).toBeUndefined();
    expect(said).toEqual([]);
  });

  test('a file that was only touched is read once and accepted', async () => {
    utimesSync(file, new Date(0), new Date(0));
    expect(await lookUp(cache, 'etcd', '3.6.16', log)).toBe(file);
    expect(JSON.parse(readFileSync(`${file}.json`, 'utf8'))).toMatchObject({ mtimeMs: 0 });
  });

  test.each([
    ['changed', 'the pr0gram'],
    ['cut', 'the pro'],
    ['emptied', ''],
  ])('a file that was %s is thrown away, and this is said', async (_how, content) => {
    writeFileSync(file, content);
    expect(await lookUp(cache, 'etcd', '3.6.16', log)).toBeUndefined();
    expect(existsSync(file)).toBe(false);
    expect(said).toEqual([
      `etcd: ${file} is not the file that was put there (checksum differs); throwing it away`,
    ]);
  });

  test('a file that nobody vouches for is thrown away', async () => {
    rmSync(`${file}.json`);
    expect(await lookUp(cache, 'etcd', '3.6.16', log)).toBeUndefined();
    expect(existsSync(file)).toBe(false);
  });
});

test.each([
  [{ DDC_CACHE: '/somewhere' }, '/somewhere'],
  [{ HOME: '/home/me' }, '/home/me/.cache/ddc'],
  [{ DDC_CACHE: '', HOME: '/home/me' }, '/home/me/.cache/ddc'],
])('cacheDir of %j', (env, expected) => {
  expect(cacheDir(env)).toBe(expected);
});
