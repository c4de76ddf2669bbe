import { mkdtemp, rename, rm, symlink, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import pino from 'pino';
import { readConfig } from '../../operator/config.ts';
import { certificateProblem, makeCertificate, type Certificate } from '../../operator/webhook/certificate.ts';
import { followCertificateFiles } from '../../operator/webhook/certificate-files.ts';
import {
  afterStep,
  nextStep,
  ROTATION_TIMINGS,
  type KeptCertificates,
} from '../../operator/webhook/rotation.ts';
import { poll } from '../support/poll.ts';

const NAMES = ['ddc-webhook.ddc.svc', '127.0.0.1'];
const DAY = 86_400_000;
const START = Date.parse('2030-01-01T00:00:00Z');
const timings = ROTATION_TIMINGS;

const step = (kept: KeptCertificates | undefined, day: number, published = true, names = NAMES) =>
  nextStep(kept, names, { now: START + day * DAY, published, timings });
const after = (what: 'replace' | 'prepare' | 'promote', kept: KeptCertificates | undefined, day: number) =>
  afterStep(what, kept, NAMES, { now: START + day * DAY, timings });

describe('rotation', () => {
  let first: KeptCertificates;
  let prepared: KeptCertificates;
  beforeAll(async () => {
    first = await after('replace', undefined, 0);
    prepared = await after('prepare', first, 60);
  });

  test('makes a certificate, prepares the next in time, promotes it when it is trusted', async () => {
    expect(step(undefined, 0)).toBe('replace');
    expect(step(first, 0)).toBe('keep');
    expect(step(first, 59.9)).toBe('keep');
    expect(step(first, 60)).toBe('prepare');
    expect(prepared.current).toEqual(first.current);
    expect(prepared.trusted).toEqual([first.current.cert, prepared.next!.cert]);
    // at once it may be unknown to an API server
    expect(step(prepared, 60)).toBe('keep');
    expect(step(prepared, 61, false)).toBe('keep');
    expect(step(prepared, 61)).toBe('promote');
    const promoted = await after('promote', prepared, 61);
    // a replica may yet serve the one before
    expect(promoted).toEqual({ current: prepared.next, trusted: prepared.trusted });
    expect(step(promoted, 61)).toBe('keep');
    const again = await after('prepare', promoted, 121);
    expect(again.trusted).toEqual([promoted.current.cert, again.next!.cert]);
  });

  test('starts anew when what there is cannot be served', async () => {
    expect(step(first, 91)).toBe('replace');
    expect(step(prepared, 91, false)).toBe('promote');
    expect(step(prepared, 200)).toBe('replace');
    expect(step(first, 1, true, ['other.ddc.svc'])).toBe('replace');
    const { key } = await makeCertificate(NAMES, { from: new Date(), until: new Date(Date.now() + DAY) });
    expect(step({ ...first, current: { ...first.current, key } }, 1)).toBe('replace');
    expect(step({ ...first, current: { cert: 'x', key: 'y' } }, 1)).toBe('replace');
    expect((await after('replace', first, 91)).trusted).toHaveLength(1);
  });
});

describe('certificates in files', () => {
  test('are followed when the mounted directory is exchanged; a half one is not taken', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'ddc-certificate-'));
    const made = () =>
      makeCertificate(['localhost'], { from: new Date(), until: new Date(Date.now() + DAY) });
    const [one, two] = [await made(), await made()];
    const used: Certificate[] = [];
    const stop = new AbortController();
    const followed = followCertificateFiles({
      directory,
      period: 10,
      use: (certificate) => Promise.resolve(void used.push(certificate)),
      log: pino({ level: 'silent' }),
      signal: stop.signal,
    });
    // as the kubelet does it
    const mount = async (name: string, { cert, key }: Certificate): Promise<void> => {
      await mkdir(join(directory, name));
      await writeFile(join(directory, name, 'tls.crt'), cert);
      await writeFile(join(directory, name, 'tls.key'), key);
      await symlink(name, join(directory, `${name}-link`));
      await rename(join(directory, `${name}-link`), join(directory, '..data'));
    };
    for (const name of ['tls.crt', 'tls.key']) await symlink(`..data/${name}`, join(directory, name));
    await mount('..1', one);
    await poll(
      () => used.length,
      (count) => count === 1,
      'the first certificate',
      5000,
    );
    await mount('..2', { cert: two.cert, key: one.key });
    await mount('..3', two);
    await poll(
      () => used.length,
      (count) => count === 2,
      'the second certificate',
      5000,
    );
    expect(used).toEqual([one, two]);
    stop.abort();
    await followed;
    await rm(directory, { recursive: true });
  });

  test('what is wrong with them is said without the key', async () => {
    const { cert } = await makeCertificate(['localhost'], {
      from: new Date(),
      until: new Date(Date.now() + DAY),
    });
    expect(certificateProblem({ cert: 'CANARY', key: 'CANARY' })).toBe('the certificate cannot be read');
    expect(certificateProblem({ cert, key: 'CANARY' })).toBe('the key cannot be read');
  });
});

describe('settings', () => {
  const read = (...args: string[]) => readConfig(['node', 'operator', ...args], false);

  test('no webhook unless there is a port; then one source of the certificate', () => {
    expect(read().webhook).toBeUndefined();
    expect(read('--webhook-cert-dir', '/certs').webhook).toBeUndefined();
    const port = ['--webhook-port', '9443'];
    expect(read(...port, '--webhook-cert-dir', '/certs').webhook).toEqual({
      port: 9443,
      certificate: { directory: '/certs' },
    });
    const service = ['--webhook-self-signed-service', 'ddc-webhook.ddc.svc'];
    expect(read(...port, ...service).webhook).toEqual({
      port: 9443,
      certificate: { service: 'ddc-webhook', namespace: 'ddc' },
    });
    for (const wrong of [port, [...port, ...service, '--webhook-cert-dir', '/certs']])
      expect(() => read(...wrong)).toThrow(
        /needs one of --webhook-cert-dir and --webhook-self-signed-service/,
      );
    expect(() => read('--webhook-port', '70000')).toThrow(/Expected a port/);
    expect(() => read('--webhook-self-signed-service', 'ddc')).toThrow(/<service>\.<namespace>\.svc/);
  });
});
