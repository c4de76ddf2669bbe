import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import pino from 'pino';
import { byAccessToken, byTokenFile, type Authenticate } from '../../cli/codec-server/authenticate.ts';
import { serveCodec } from '../../cli/codec-server/serve.ts';
import { openTemporalData, type TemporalData } from '../../codec/temporal-data.ts';
import { withAnswers } from '../support/answers.ts';
import { ddc } from '../support/ddc.ts';

const ORIGIN = 'https://temporal.example.com';
const PLAIN = {
  payloads: [{ metadata: { encoding: Buffer.from('json/plain').toString('base64') }, data: 'ImEi' }],
};
const token = randomBytes(16).toString('hex');

let directory: string;
let data: TemporalData;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ddc-codec-server-'));
  await writeFile(join(directory, 'k1'), randomBytes(32).toString('hex'));
  data = await openTemporalData({ codecKeysDir: directory }, () => undefined);
  await writeFile(join(directory, '.token'), `${token}\n`);
});
afterAll(() => rm(directory, { recursive: true }));

type Ask = (path: string, init?: RequestInit) => Promise<Response>;

/** A server for as long as `use` takes. */
async function serving<T>(authenticate: Authenticate, use: (ask: Ask) => Promise<T>): Promise<T> {
  const options = { host: '127.0.0.1', port: 0, codec: data.codec, origins: [ORIGIN] };
  const server = await serveCodec({ ...options, authenticate, log: pino({ level: 'silent' }) });
  try {
    return await use((path, init) => fetch(`http://127.0.0.1:${server.port}${path}`, init));
  } finally {
    await server.stop();
  }
}

const asked = (body: unknown, bearer = token, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { authorization: `Bearer ${bearer}`, ...headers },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const withToken = (): Authenticate => byTokenFile(join(directory, '.token'));

describe('the codec server', () => {
  test('encrypts and decrypts, also below a path of its own', async () => {
    await serving(withToken(), async (ask) => {
      const encoded: unknown = await (await ask('/default/encode', asked(PLAIN))).json();
      expect(JSON.stringify(encoded)).not.toContain('ImEi');
      const decoded = await ask('/decode', asked(encoded));
      expect(decoded.headers.get('content-type')).toBe('application/json');
      expect(await decoded.json()).toEqual(PLAIN);
    });
  });

  test('answers web pages of the origins it was told, and their preflights', async () => {
    await serving(withToken(), async (ask) => {
      const headers = { origin: ORIGIN, 'access-control-request-headers': 'authorization,x-namespace' };
      const preflight = await ask('/decode', { method: 'OPTIONS', headers });
      expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, ORIGIN]);
      expect(preflight.headers.get('access-control-allow-headers')).toBe('authorization,x-namespace');
      const refused = await ask('/decode', asked(PLAIN, 'wrong', { origin: ORIGIN }));
      expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, ORIGIN]);
      const foreign = await ask('/decode', asked(PLAIN, token, { origin: 'https://evil.example.com' }));
      expect([foreign.status, foreign.headers.get('access-control-allow-origin')]).toEqual([403, null]);
    });
  });

  test('refuses what it cannot answer, and says why', async () => {
    await serving(withToken(), async (ask) => {
      const statusOf = async (path: string, init?: RequestInit): Promise<[number, string]> => {
        const response = await ask(path, init);
        return [response.status, await response.text()];
      };
      expect(await statusOf('/healthz')).toEqual([200, 'ok']);
      expect(await statusOf('/')).toEqual([404, expect.stringContaining('/decode')]);
      expect(await statusOf('/decode')).toEqual([405, 'POST payloads']);
      for (const body of ['', '{}', '[1]', '{"payloads": [{"data": "%"}]}', '{"payloads": [7]}'])
        expect([body, ...(await statusOf('/decode', asked(body)))]).toEqual([
          body,
          400,
          expect.stringContaining('expected JSON: {"payloads"'),
        ]);
      const encryption = { encoding: 'YmluYXJ5L2VuY3J5cHRlZA==', 'encryption-key-id': 'azk=' };
      expect(await statusOf('/decode', asked({ payloads: [{ metadata: encryption, data: '' }] }))).toEqual([
        400,
        expect.stringContaining('encrypted with the key "k9", which this process does not have'),
      ]);
      expect(await statusOf('/encode', { method: 'POST', body: JSON.stringify(PLAIN) })).toEqual([
        401,
        expect.stringContaining('a valid token is missing'),
      ]);
    });
  });

  test('takes access tokens of one issuer for one audience, as long as they hold', async () => {
    const mine = await generateKeyPair('ES256');
    const foreign = await generateKeyPair('ES256');
    const keys = [{ ...(await exportJWK(mine.publicKey)), kid: 'a', alg: 'ES256' }];
    const signed = (claims: object, key: CryptoKey = mine.privateKey, end = '1h'): Promise<string> =>
      new SignJWT({ iss: 'https://id', aud: 'temporal', sub: 'ann', ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: 'a' })
        .setExpirationTime(end)
        .sign(key);
    const { privateKey } = mine;
    const endless = new SignJWT({ iss: 'https://id', aud: 'temporal' }).setProtectedHeader({
      alg: 'ES256',
      kid: 'a',
    });
    await withAnswers(
      () => ({ body: { keys } }),
      async (jwksUrl) => {
        const who = byAccessToken({ jwksUrl, issuer: 'https://id', audience: 'temporal' });
        const of = async (jwt: string): Promise<string | undefined> => who(`Bearer ${jwt}`);
        expect(await of(await signed({}))).toBe('ann');
        expect(await of(await signed({ iss: 'https://other' }))).toBeUndefined();
        expect(await of(await signed({ aud: 'other' }))).toBeUndefined();
        expect(await of(await signed({}, privateKey, '-1h'))).toBeUndefined();
        expect(await of(await signed({}, foreign.privateKey))).toBeUndefined();
        expect(await of(await endless.sign(privateKey))).toBeUndefined();
        expect(await of('no.jwt.atall')).toBeUndefined();
        expect(await who(undefined)).toBeUndefined();
      },
    );
    const away = byAccessToken({ jwksUrl: 'http://127.0.0.1:1', issuer: 'https://id', audience: 'temporal' });
    await expect(away(`Bearer ${await signed({})}`)).rejects.toThrow('the keys at http://127.0.0.1:1');
    await serving(away, async (ask) =>
      expect((await ask('/decode', asked(PLAIN, await signed({})))).status).toBe(503),
    );
  });

  test('does not start without being told who may decrypt', async () => {
    const refused = async (...args: string[]): Promise<[number | null, string]> => {
      const { code, stderr } = await ddc(['codec-server', '--codec-keys-dir', directory, ...args]);
      return [code, stderr];
    };
    const short = join(directory, '.short');
    await writeFile(short, 'short');
    const cases: [string[], string][] = [
      [[], 'one of --token-file, --jwks-url and, on a loopback address, --insecure-no-auth'],
      [['--insecure-no-auth', '--host', '0.0.0.0'], '0.0.0.0 is no loopback address'],
      [['--token-file', short], `${short} must hold one token of at least 16 characters`],
      [['--jwks-url', 'https://id/keys'], '--jwks-url needs --jwt-issuer and --jwt-audience'],
      [['--jwks-url', 'http://id/keys', '--jwt-issuer', 'i', '--jwt-audience', 'a'], '--jwks-url must be'],
    ];
    const outcomes = await Promise.all(cases.map(([args]) => refused(...args)));
    expect(outcomes).toEqual(cases.map(([, text]) => [2, expect.stringContaining(text)]));
  });
});
