import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { cachedFile } from '../../deploy/local/cache.ts';
import { UnreachableError, download } from '../../deploy/local/download.ts';
import { freePort } from '../../deploy/local/ports.ts';
import type { Platform, Program, ProgramName } from '../../deploy/local/programs.ts';
import { fakeProgram, scene, writeScript } from './obtain-fixtures.ts';

const PROGRAM = Buffer.from(`#!/bin/sh\necho etcd 1.0.5\n# ${'x'.repeat(200_000)}\n`);
const platform: Platform = `${process.platform}-${process.arch}`;
const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

/** Stands in for the release sites: answers by the path below the mirror, and counts. */
let server: Server;
let mirror: string;
let answers: Record<string, (response: ServerResponse, attempt: number) => void>;
let asked: string[];

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const answer = answers[path];
    if (answer) answer(response, asked.filter((each) => each === path).length);
    else response.writeHead(404).end();
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  mirror = `http://127.0.0.1:${port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

let here: ReturnType<typeof scene>;
beforeEach(() => {
  here = scene();
  answers = {};
  asked = [];
});
afterEach(() => here.remove());

const FILE = '/releases.example/v1.0.5/etcd';

function released(
  overrides: { checksum?: string; member?: string; url?: string; name?: ProgramName } = {},
): Program {
  const {
    name = 'etcd',
    checksum = sha256(PROGRAM),
    url = 'https://releases.example/v1.0.5/etcd',
  } = overrides;
  const file = {
    url,
    algorithm: 'sha256' as const,
    checksum,
    ...(overrides.member && { member: overrides.member }),
  };
  return fakeProgram({ name, release: { version: '1.0.5', files: { [platform]: file } } });
}

const obtain = (programs: Program[]): Promise<Record<string, string>> =>
  here.obtain(programs, { DDC_RELEASES_URL: mirror });

function expectBuilt(path: string | undefined): void {
  expect(path).toBe(cachedFile(here.cache, 'etcd', '1.1.0'));
  expect(readdirSync(join(here.cache, 'bin')).filter((name) => name.includes('1.0.5'))).toEqual([]);
}

function expectNoLeftovers(): void {
  for (const name of ['work', 'downloads', 'locks']) expect(readdirSync(join(here.cache, name))).toEqual([]);
}

describe('a release', () => {
  test('is downloaded, checked, put into the cache, and not asked for again', async () => {
    answers[FILE] = (response) => response.end(PROGRAM);
    const path = cachedFile(here.cache, 'etcd', '1.0.5');
    expect(await obtain([released()])).toEqual({ etcd: path });
    expect(readFileSync(path).equals(PROGRAM)).toBe(true);
    expect(execFileSync(path, { encoding: 'utf8' })).toBe('etcd 1.0.5\n');
    expect(here.said[0]).toBe(`etcd 1.0.5: not on this machine; downloading ${mirror}${FILE}`);
    expect(here.said[1]).toContain('downloaded and checked in');
    await obtain([released()]);
    expect(asked).toEqual([FILE]);
    expectNoLeftovers();
  });

  test('is found where the site sends us', async () => {
    answers[FILE] = (response) => response.writeHead(302, { location: '/elsewhere' }).end();
    answers['/elsewhere'] = (response) => response.end(PROGRAM);
    expect(await obtain([released()])).toEqual({ etcd: cachedFile(here.cache, 'etcd', '1.0.5') });
  });

  test('is taken out of its archive, which is fetched once for all programs in it', async () => {
    writeScript(join(here.dir, 'kit/bin/etcd'), 'echo etcd 1.0.5');
    writeScript(join(here.dir, 'kit/bin/kubectl'), 'echo kubectl 1.0.5');
    execFileSync('tar', ['-czf', 'kit.tar.gz', 'kit'], { cwd: here.dir });
    const archive = readFileSync(join(here.dir, 'kit.tar.gz'));
    answers['/releases.example/kit.tar.gz'] = (response) => response.end(archive);
    const url = 'https://releases.example/kit.tar.gz';
    const paths = await obtain(
      (['etcd', 'kubectl'] as const).map((name) =>
        released({ name, url, checksum: sha256(archive), member: `kit/bin/${name}` }),
      ),
    );
    for (const name of ['etcd', 'kubectl'])
      expect(execFileSync(String(paths[name]), { encoding: 'utf8' })).toBe(`${name} 1.0.5\n`);
    expect(asked).toEqual(['/releases.example/kit.tar.gz']);
    expectNoLeftovers();
  });
});

describe('what is wrong is not used; it is built instead', () => {
  test('a wrong checksum', async () => {
    answers[FILE] = (response) => response.end('something else');
    expectBuilt((await obtain([released()]))['etcd']);
    expect(here.said).toContain(
      `etcd 1.1.0: ${mirror}${FILE} has the wrong checksum: sha256 ${sha256(Buffer.from('something else'))} ` +
        `instead of ${sha256(PROGRAM)}; building from crumbs instead (a moment)`,
    );
    expect(asked).toHaveLength(1);
    expectNoLeftovers();
  });

  test('an archive without the program', async () => {
    execFileSync('tar', ['-czf', 'kit.tar.gz', '--files-from', '/dev/null'], { cwd: here.dir });
    const archive = readFileSync(join(here.dir, 'kit.tar.gz'));
    answers[FILE] = (response) => response.end(archive);
    expectBuilt((await obtain([released({ checksum: sha256(archive), member: 'kit/etcd' })]))['etcd']);
    expect(here.said.join('\n')).toContain('tar -xzf ended with');
  });

  test('a file that is not there', async () => {
    expectBuilt((await obtain([released()]))['etcd']);
    expect(here.said[1]).toContain(`${mirror}${FILE} answers with status 404; building`);
    expect(asked).toHaveLength(1);
  });

  test('a connection that is cut every time, after three attempts', async () => {
    answers[FILE] = cut;
    expectBuilt((await obtain([released()]))['etcd']);
    expect(here.said[1]).toMatch(/the connection broke after \d+ of 200\d+ bytes; building/);
    expect(asked).toHaveLength(3);
    expectNoLeftovers();
  });

  test('a site that is ill, after three attempts', async () => {
    answers[FILE] = (response) => response.writeHead(503).end();
    expectBuilt((await obtain([released()]))['etcd']);
    expect(asked).toHaveLength(3);
  });
});

test('a connection that is cut once is made again', async () => {
  answers[FILE] = (response, attempt) => (attempt === 1 ? cut(response) : response.end(PROGRAM));
  expect(await obtain([released()])).toEqual({ etcd: cachedFile(here.cache, 'etcd', '1.0.5') });
  expect(asked).toHaveLength(2);
});

test('without a connection the first failure decides for all programs', async () => {
  const closed = await freePort();
  const programs = [released(), { ...released({ name: 'kubectl' }) }];
  await here.obtain(programs, { DDC_RELEASES_URL: `http://127.0.0.1:${closed}` });
  expect(here.said.filter((line) => line.includes('downloading'))).toHaveLength(1);
  expect(here.said.join('\n')).toContain(`no connection to 127.0.0.1:${closed}`);
  expect(here.said).toContain(
    'kubectl 1.1.0: the release sites cannot be reached; building from crumbs instead (a moment)',
  );
});

test('a site that does not answer the call counts as unreachable', async () => {
  // An address that the standards keep free (RFC 5737): packets to it are lost or refused.
  const source = { url: 'http://192.0.2.1/etcd', algorithm: 'sha256' as const, checksum: '' };
  const file = join(here.dir, 'etcd');
  await expect(download(source, file, { env: {}, connectMs: 200 })).rejects.toThrow(UnreachableError);
  expect(existsSync(file)).toBe(false);
});

function cut(response: ServerResponse): void {
  response.writeHead(200, { 'content-length': PROGRAM.length });
  response.write(PROGRAM.subarray(0, 1000), () => response.destroy());
}
