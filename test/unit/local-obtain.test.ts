import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { cachedFile, install } from '../../deploy/local/cache.ts';
import { fakeProgram, scene, writeScript } from '../integration/obtain-fixtures.ts';

let here: ReturnType<typeof scene>;
beforeEach(() => {
  here = scene();
});
afterEach(() => here.remove());

async function putInCache(version: string): Promise<string> {
  const made = join(here.dir, 'made');
  writeFileSync(made, version);
  return install(here.cache, 'etcd', version, made);
}

test('the path in the environment comes first', async () => {
  await putInCache('1.1.0');
  const given = writeScript(join(here.dir, 'mine'), 'echo 0.1.0');
  writeScript(join(here.dir, 'bin/etcd'), 'echo etcd 1.5.0');
  const env = { DDC_FAKE_BIN: given, PATH: join(here.dir, 'bin') };
  expect(await here.obtain([fakeProgram()], env)).toEqual({ etcd: given });
  expect(here.said).toEqual([`etcd: ${given}, because DDC_FAKE_BIN says so`]);
});

test.each(['missing', 'bin', 'text'])(
  'a path in the environment that is no program is an error: %s',
  async (name) => {
    writeScript(join(here.dir, 'bin/etcd'), 'echo etcd 1.5.0');
    writeFileSync(join(here.dir, 'text'), 'not executable');
    const given = join(here.dir, name);
    await expect(here.obtain([fakeProgram()], { DDC_FAKE_BIN: given })).rejects.toThrow(
      `DDC_FAKE_BIN is "${given}", which is not an executable file`,
    );
  },
);

test('PATH comes next, when the version fits', async () => {
  await putInCache('1.1.0');
  const onPath = writeScript(join(here.dir, 'bin/etcd'), '[ "$1" = --version ] && echo etcd 1.5.0');
  expect(await here.obtain([fakeProgram()], { PATH: join(here.dir, 'bin') })).toEqual({ etcd: onPath });
  expect(here.said).toEqual([`etcd 1.5.0: ${onPath}, found on PATH`]);
});

test.each([
  ['echo etcd 0.9.0', '0.9.0'],
  ['echo etcd 2.0.0', '2.0.0'],
  ['echo Version : git', 'of unknown version'],
  ['exit 1', 'of unknown version'],
])('a program on PATH that does not fit is passed over, and why is said: %s', async (script, version) => {
  const cached = await putInCache('1.1.0');
  const onPath = writeScript(join(here.dir, 'bin/etcd'), script);
  expect(await here.obtain([fakeProgram()], { PATH: join(here.dir, 'bin') })).toEqual({ etcd: cached });
  expect(here.said).toEqual([
    `etcd: ${onPath} on PATH does not fit: it is ${version}, not 1.0.0 or newer, below 2.0.0`,
    `etcd 1.1.0: ${cached}, from the cache`,
  ]);
});

test('the cache serves what was built as well as what was downloaded', async () => {
  const release = { version: '1.0.5', files: {} };
  const cached = await putInCache('1.0.5');
  expect(await here.obtain([fakeProgram({ release })])).toEqual({ etcd: cached });
  const built = await putInCache('1.1.0');
  expect(await here.obtain([fakeProgram({ release })])).toEqual({ etcd: built });
});

test('without a release for this platform it is built, once', async () => {
  const made = cachedFile(here.cache, 'etcd', '1.1.0');
  expect(await here.obtain([fakeProgram()])).toEqual({ etcd: made });
  expect(here.said[0]).toBe(
    `etcd 1.1.0: no release with a known checksum for ${process.platform}-${process.arch}; ` +
      'building from crumbs instead (a moment)',
  );
  here.said.length = 0;
  expect(await here.obtain([fakeProgram()])).toEqual({ etcd: made });
  expect(here.said).toEqual([`etcd 1.1.0: ${made}, from the cache`]);
});

test('a damaged file in the cache is obtained again', async () => {
  const made = cachedFile(here.cache, 'etcd', '1.1.0');
  await here.obtain([fakeProgram()]);
  writeFileSync(made, 'garbage');
  here.said.length = 0;
  expect(await here.obtain([fakeProgram()])).toEqual({ etcd: made });
  expect(here.said[0]).toContain('throwing it away');
  expect(here.said[1]).toContain('building from crumbs instead');
});

test('a missing tool: what to install, and which variable would do instead', async () => {
  const program = fakeProgram({ make: ({ run }) => run('sesame', ['open']) });
  await expect(here.obtain([program])).rejects.toThrow(
    [
      'etcd cannot be obtained.',
      `- release: no release with a known checksum for ${process.platform}-${process.arch}`,
      '- building from crumbs: sesame is not on PATH',
      'Install the tool Sesame 3 (https://sesame.example), or set DDC_FAKE_BIN to the path of etcd 1.0.0 or newer, below 2.0.0.',
    ].join('\n'),
  );
});

test('a tool that fails: its last words', async () => {
  const program = fakeProgram({
    make: ({ run }) => run('sh', ['-c', 'echo go: no such module >&2; exit 3']),
  });
  await expect(here.obtain([program])).rejects.toThrow(
    'sh -c ended with exit code 3\n  | go: no such module',
  );
});
