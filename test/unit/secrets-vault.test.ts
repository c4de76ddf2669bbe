import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { secretSettings, type GivenSecretSettings } from '../../activities/secrets/settings.ts';
import { VaultTokens } from '../../activities/secrets/vault/tokens.ts';
import { Vault } from '../../activities/secrets/vault/vault.ts';
import { OPEN_POLICY } from '../../egress/policy.ts';
import type { VaultSource } from '../../workflows/contract/secret.ts';
import { withAnswers, type Answer, type Asked } from '../support/answers.ts';

const files = mkdtempSync(join(tmpdir(), 'ddc-vault-'));
afterAll(() => rmSync(files, { recursive: true }));
function file(name: string, content: string): string {
  const path = join(files, name);
  writeFileSync(path, content);
  return path;
}
const vaultTokenFile = file('token', 'jwt-CANARY\n');

const LOGIN = '/v1/auth/kubernetes/login';
const SECRET = '/v1/kubernetes-secrets/my-secret?namespace=default';
const FIELD = 'spec.source.s3.vault';
const OPEN = OPEN_POLICY.rulesOf('ns');
const loggedIn = (token = 'token-CANARY', lease_duration = 3600): Answer => ({
  body: { auth: { client_token: token, lease_duration } },
});
const secret = (data: object): Answer => ({ body: { data } });

const source = (address: string, more: Partial<VaultSource> = {}): VaultSource => ({
  kind: 'vault',
  address,
  authPath: LOGIN,
  role: 'demo',
  secretPath: SECRET,
  ...more,
});
const vaultOf = (more: GivenSecretSettings = {}, tokens?: VaultTokens): Vault =>
  new Vault(secretSettings({ vaultTokenFile, ...more }), tokens);

/** What one reading gives against these answers to login and reading. */
function reading(
  answers: { login?: Answer | undefined; secret?: Answer | undefined },
  more: Partial<VaultSource> = {},
  settings: GivenSecretSettings = {},
) {
  const given = { login: loggedIn(), secret: secret({ foo: 'bar' }), ...answers };
  return withAnswers(
    ({ method }) => (method === 'POST' ? given.login : given.secret),
    async (address, asked) => ({
      values: await vaultOf(settings)
        .read(source(address, more), FIELD, OPEN)
        .catch((error: unknown) => error),
      asked,
      address,
    }),
  );
}

describe('39: Vault', () => {
  test('is logged in to with the role and the token of the service account, and then asked for the secret', async () => {
    const { values, asked } = await reading({});
    expect(values).toEqual({ foo: 'bar' });
    expect(asked).toMatchObject([
      { method: 'POST', url: LOGIN, body: { role: 'demo', jwt: 'jwt-CANARY' } },
      { method: 'GET', url: SECRET, headers: { 'x-vault-token': 'token-CANARY' } },
    ]);
    expect(asked[0]?.headers['x-vault-namespace']).toBeUndefined();
  });

  test.each([
    ['KV version 2', { data: { foo: 'bar' }, metadata: { version: 1 } }, { foo: 'bar' }],
    ['KV version 2 without metadata', { data: { foo: 'bar' } }, { foo: 'bar' }],
    ['a key called data', { data: 'x', foo: 'bar' }, { data: 'x', foo: 'bar' }],
    ['a nested value beside others', { data: { a: 'b' }, foo: 'bar' }, { foo: 'bar' }],
    ['values that are no texts', { foo: 'bar', n: 1, list: ['a'], nothing: null }, { foo: 'bar' }],
    [
      'an exported transit key',
      { name: 'k', type: 'aes256-gcm96', keys: { 1: 'old', 10: 'newest', 9: 'older' } },
      { key: 'newest' },
    ],
    ['nothing in it', {}, {}],
  ])('%s', async (_, data, expected) => {
    expect((await reading({ secret: secret(data) })).values).toEqual(expected);
  });

  test('the namespace goes with both requests', async () => {
    const { asked } = await reading({}, { namespace: 'team/a' });
    expect(asked.map(({ headers }) => headers['x-vault-namespace'])).toEqual(['team/a', 'team/a']);
  });

  test('AppRole: at the path that the worker is told, with its own ids', async () => {
    const settings = { roleIdFile: file('role', 'r1'), secretIdFile: file('secret', 's1\n') };
    const { values, asked } = await reading({}, { authPath: '/v1/auth/approle/login' }, settings);
    expect(values).toEqual({ foo: 'bar' });
    expect(asked[0]?.body).toEqual({ role_id: 'r1', secret_id: 's1' });
    const appRolePath = LOGIN;
    expect((await reading({}, {}, { ...settings, appRolePath })).asked[0]?.body).toHaveProperty('role_id');
    expect((await reading({}, { authPath: '/v1/auth/approle/login' })).values).toMatchObject({
      code: 'SecretNotFound',
      message: expect.stringContaining(
        'the worker has no role id; mount one, and name its file in DDC_VAULT_ROLE_ID_FILE',
      ),
    });
  });

  test.each([
    [400, 'InvalidOption', 'fatal', 'refused (400); check authPath, and whether the role exists there'],
    [403, 'AccessDenied', 'fatal', 'denied (403); check whether the role is bound to the service account'],
    [404, 'SecretNotFound', 'fatal', 'nothing is there (404); no auth method is at authPath'],
    [429, 'SecretUnavailable', 'retry', 'not available now (429)'],
    [500, 'SecretUnavailable', 'retry', 'not available now (500)'],
    [503, 'SecretUnavailable', 'retry', 'not available now (503; it may be sealed)'],
    [307, 'SecretUnavailable', 'retry', 'not available now (307)'],
    [301, 'InvalidOption', 'fatal', 'refused (301)'],
  ])('a login that is answered %i', async (status, code, failureClass, text) => {
    const { values, address, asked } = await reading({
      login: { status, body: { errors: ['answer-CANARY'] }, headers: { location: 'http://127.0.0.1:1/' } },
    });
    expect(values).toMatchObject({ code, class: failureClass });
    const { message } = values as Error;
    expect(message).toBe(
      `${FIELD}: logging in to Vault at ${address}${LOGIN} with role "demo": ${message.slice(message.indexOf(text))}`,
    );
    expect(message).toContain(text);
    expect(message).not.toContain('CANARY');
    expect(asked).toHaveLength(1);
  });

  test.each([
    [400, 'InvalidOption', 'refused (400)'],
    [403, 'AccessDenied', 'denied (403); the policies of the role do not let it read secretPath'],
    [404, 'SecretNotFound', 'nothing is there (404); secretPath begins with /v1/'],
    [429, 'SecretUnavailable', 'not available now (429)'],
    [473, 'SecretUnavailable', 'not available now (473)'],
    [503, 'SecretUnavailable', 'not available now (503; it may be sealed)'],
  ])('a secret that is answered %i', async (status, code, text) => {
    const { values, address, asked } = await reading({
      secret: { status, body: { errors: ['answer-CANARY'] }, headers: { 'retry-after': '7' } },
    });
    expect(values).toMatchObject({ code });
    expect((values as Error).message).toContain(
      `${FIELD}: reading ${SECRET} of Vault at ${address} with role "demo": ${text}`,
    );
    expect((values as Error).message).not.toContain('CANARY');
    expect(values).toHaveProperty('retryAfterMs', code === 'SecretUnavailable' ? 7000 : undefined);
    expect(asked).toHaveLength(2);
  });

  test.each([
    ['a web page', { body: '<html>answer-CANARY</html>' }],
    ['a list', { body: ['answer-CANARY'] }],
    ['too much', { body: 'answer-CANARY'.repeat(200_000) }],
    ['nothing', undefined],
  ])('instead of an answer %s', async (_, answer) => {
    for (const answers of [{ login: answer }, { secret: answer }]) {
      const { values } = await reading(answers);
      expect(values).toMatchObject({ code: 'SecretUnavailable', class: 'retry' });
      expect((values as Error).message).not.toContain('CANARY');
    }
  });

  test('a server that is not there', async () => {
    const attempt = vaultOf().read(source('http://127.0.0.1:1'), FIELD, OPEN);
    await expect(attempt).rejects.toMatchObject({
      code: 'SecretUnavailable',
      message: expect.stringContaining('cannot be reached: ECONNREFUSED'),
    });
  });

  test.each([
    ['no file', join(files, 'none')],
    ['an empty one', file('empty', '\n')],
  ])('without a token (%s) nobody is asked', async (_, path) => {
    const { values, asked } = await reading({}, {}, { vaultTokenFile: path });
    expect(values).toMatchObject({
      code: 'SecretNotFound',
      class: 'fatal',
      message: expect.stringContaining(
        `the worker has no service account token at ${path}; mount one, and name its file in DDC_VAULT_TOKEN_FILE`,
      ),
    });
    expect(asked).toEqual([]);
  });
});

describe('a token', () => {
  /** Every login gives another token, of which only those in `valid` are accepted. */
  function rotating(valid: Set<string>, lease = 100) {
    let logins = 0;
    return {
      logins: () => logins,
      answer: ({ method, headers }: Asked): Answer => {
        if (method === 'POST') return loggedIn(`t${(logins += 1)}`, lease);
        return valid.has(String(headers['x-vault-token'])) ? secret({ foo: 'bar' }) : { status: 403 };
      },
    };
  }

  test('is kept until shortly before its lease ends', async () => {
    let now = 0;
    const { answer, logins } = rotating(new Set(['t1', 't2', 't3']));
    await withAnswers(answer, async (address) => {
      const vault = vaultOf({}, new VaultTokens(() => now));
      const read = () => vault.read(source(address), FIELD, OPEN);
      await read();
      now = 89_999;
      await read();
      expect(logins()).toBe(1);
      now = 90_000;
      await read();
      expect(logins()).toBe(2);
    });
  });

  test('without an end is kept', async () => {
    let now = 0;
    const { answer, logins } = rotating(new Set(['t1']), 0);
    await withAnswers(answer, async (address) => {
      const vault = vaultOf({}, new VaultTokens(() => now));
      await vault.read(source(address), FIELD, OPEN);
      now = 1e12;
      await vault.read(source(address), FIELD, OPEN);
      expect(logins()).toBe(1);
    });
  });

  test('that was revoked is replaced once; one that is new is believed', async () => {
    const valid = new Set(['t1']);
    const { answer, logins } = rotating(valid);
    await withAnswers(answer, async (address) => {
      const vault = vaultOf();
      await vault.read(source(address), FIELD, OPEN);
      valid.delete('t1');
      valid.add('t2');
      expect(await vault.read(source(address), FIELD, OPEN)).toEqual({ foo: 'bar' });
      expect(logins()).toBe(2);
      valid.clear();
      await expect(vault.read(source(address), FIELD, OPEN)).rejects.toMatchObject({ code: 'AccessDenied' });
      expect(logins()).toBe(3);
    });
    const fresh = rotating(new Set());
    await withAnswers(fresh.answer, async (address) => {
      await expect(vaultOf().read(source(address), FIELD, OPEN)).rejects.toMatchObject({
        code: 'AccessDenied',
      });
      expect(fresh.logins()).toBe(1);
    });
  });

  test('is shared by those who ask at once, and by nobody with another role, path, namespace or server', async () => {
    const { answer, logins } = rotating(new Set(['t1', 't2', 't3', 't4']));
    await withAnswers(answer, async (address) => {
      const vault = vaultOf();
      const read = (more: Partial<VaultSource> = {}) => vault.read(source(address, more), FIELD, OPEN);
      await Promise.all([read(), read(), read({ secretPath: '/v1/other' })]);
      expect(logins()).toBe(1);
      await Promise.all([read({ role: 'r' }), read({ authPath: '/v1/a' }), read({ namespace: 'n' })]);
      expect(logins()).toBe(4);
    });
  });

  test('a login that fails fails for each with its own field, and is not kept', async () => {
    let login: Answer = { status: 503 };
    const answer = ({ method }: Asked): Answer => (method === 'POST' ? login : secret({ foo: 'bar' }));
    await withAnswers(answer, async (address) => {
      const vault = vaultOf();
      const fields = ['spec.source.s3.vault', 'spec.destination.s3.vault'];
      const outcomes = await Promise.allSettled(
        fields.map((field) => vault.read(source(address), field, OPEN)),
      );
      const messages = outcomes.map((outcome) => String((outcome as PromiseRejectedResult).reason));
      for (const [index, field] of fields.entries()) expect(messages[index]).toContain(field);
      login = loggedIn();
      expect(await vault.read(source(address), FIELD, OPEN)).toEqual({ foo: 'bar' });
    });
  });
});
