import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { generate } from 'selfsigned';
import { secretSettings } from '../../activities/secrets/settings.ts';
import { Vault } from '../../activities/secrets/vault/vault.ts';
import { startServers } from '../../deploy/local/start.ts';
import { OPEN_POLICY } from '../../egress/policy.ts';
import type { VaultSource } from '../../workflows/contract/secret.ts';
import { createNamespace } from '../support/kubernetes.ts';
import { startStoreProxy } from '../support/store-proxy.ts';
import { vaultOf } from '../support/vault.ts';

const FIELD = 'spec.source.s3.vault';
const OPEN = OPEN_POLICY.rulesOf('ns');
const server = vaultOf(process.env);
const { admin } = server;
const files = mkdtempSync(join(tmpdir(), 'ddc-vault-'));
afterAll(() => rmSync(files, { recursive: true }));

let namespace: string;
let kubernetes: string;
let jwt: string;
let kv1: string;
let kv2: string;
let transit: string;
let vault: Vault;

const token = (content: string, name = 'token'): string => {
  const file = join(files, name);
  writeFileSync(file, content);
  return file;
};
const vaultWith = (vaultTokenFile: string): Vault => new Vault(secretSettings({ vaultTokenFile }));
const source = (secretPath: string, more: Partial<VaultSource> = {}): VaultSource => ({
  kind: 'vault',
  address: server.address,
  authPath: `/v1/${kubernetes}/login`,
  role: 'worker',
  secretPath: `/v1/${secretPath}`,
  ...more,
});
const read = (secretPath: string, more: Partial<VaultSource> = {}) =>
  vault.read(source(secretPath, more), FIELD, OPEN);

beforeAll(async () => {
  namespace = await createNamespace('vault');
  kubernetes = await server.kubernetesAuth(namespace);
  jwt = await server.jwtAuth();
  kv1 = await server.mount('kv', { version: '1' });
  kv2 = await server.mount('kv', { version: '2' });
  transit = await server.mount('transit');
  await admin('POST', `${kv1}/store`, { access_key: 'one', secret_key: 'of version 1' });
  await admin('POST', `${kv1}/private`, { access_key: 'CANARY' });
  await admin('POST', `${kv2}/data/store`, { data: { access_key: 'two', secret_key: 'of version 2' } });
  await admin('POST', `${kv2}/data/gone`, { data: { a: 'b' } });
  await admin('DELETE', `${kv2}/data/gone`);
  await admin('POST', `${transit}/keys/columns`, { exportable: true });
  await admin('POST', `${transit}/keys/columns/rotate`);
  const paths = [
    `${kv1}/store`,
    `${kv1}/none`,
    `${kv2}/data/*`,
    `${transit}/export/*`,
    `${transit}/decrypt/columns`,
  ];
  const policies = [await server.policy('reader', ...paths)];
  await admin('POST', `${kubernetes}/role/worker`, {
    bound_service_account_names: ['worker'],
    bound_service_account_namespaces: [namespace],
    audience: server.AUDIENCE,
    token_policies: policies,
    token_ttl: '1h',
  });
  await admin('POST', `${jwt}/role/worker`, {
    role_type: 'jwt',
    user_claim: 'sub',
    bound_audiences: [server.AUDIENCE],
    bound_subject: `system:serviceaccount:${namespace}:worker`,
    token_policies: policies,
  });
  await admin('POST', `sys/auth/approle-${kv1}`, { type: 'approle' });
  await admin('POST', `auth/approle-${kv1}/role/worker`, { token_policies: policies });
  vault = vaultWith(token(await server.serviceAccount(namespace, 'worker', server.AUDIENCE)));
});

describe('a secret in the real Vault, with the token of a service account that the real API server reviews', () => {
  test('of KV version 1 and 2, and a key that transit exports', async () => {
    expect(await read(`${kv1}/store`)).toEqual({ access_key: 'one', secret_key: 'of version 1' });
    expect(await read(`${kv2}/data/store`)).toEqual({ access_key: 'two', secret_key: 'of version 2' });
    const exported = await read(`${transit}/export/encryption-key/columns`);
    expect(Object.keys(exported)).toEqual(['key']);
    expect(Buffer.from(exported['key']!, 'base64')).toHaveLength(32);
    expect(await read(`${transit}/export/encryption-key/columns/latest`)).toEqual(exported);
  });

  test('a data key that transit has wrapped', async () => {
    const { data } = (await admin('POST', `${transit}/datakey/plaintext/columns`)) as {
      data: { plaintext: string; ciphertext: string };
    };
    const { plaintext, ciphertext } = data;
    expect(await read(`${transit}/decrypt/columns`, { ciphertext })).toEqual({ key: plaintext });
    expect(Buffer.from(plaintext, 'base64')).toHaveLength(32);
    await expect(
      read(`${transit}/decrypt/columns`, { ciphertext: `${ciphertext.slice(0, -8)}AAAAAAA=` }),
    ).rejects.toMatchObject({
      code: 'InvalidOption',
      message: expect.stringContaining('/v1/transit/decrypt/'),
    });
  });

  test('with a token that was revoked meanwhile: logged in once more', async () => {
    await read(`${kv1}/store`);
    await admin('PUT', `sys/leases/revoke-prefix/${kubernetes}/login`);
    expect(await read(`${kv1}/store`)).toHaveProperty('access_key', 'one');
  });

  test('by JWT auth and by AppRole', async () => {
    expect(await read(`${kv1}/store`, { authPath: `/v1/${jwt}/login` })).toHaveProperty('access_key', 'one');
    const role = `auth/approle-${kv1}/role/worker`;
    const data = async (answer: Promise<unknown>) =>
      ((await answer) as { data: Record<string, string> }).data;
    const { role_id } = await data(admin('GET', `${role}/role-id`));
    const { secret_id } = await data(admin('POST', `${role}/secret-id`));
    const appRolePath = `/v1/auth/approle-${kv1}/login`;
    const settings = secretSettings({
      appRolePath,
      roleIdFile: token(role_id!, 'role-id'),
      secretIdFile: token(secret_id!, 'secret-id'),
    });
    const values = new Vault(settings).read(source(`${kv1}/store`, { authPath: appRolePath }), FIELD, OPEN);
    expect(await values).toHaveProperty('access_key', 'one');
  });

  test('over TLS from an authority that is given', async () => {
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
    });
    const proxy = await startStoreProxy(server.address, { key, cert });
    try {
      const address = proxy.endpoint;
      expect(await read(`${kv1}/store`, { address, caCertificate: cert })).toHaveProperty(
        'access_key',
        'one',
      );
      await expect(read(`${kv1}/store`, { address })).rejects.toMatchObject({
        code: 'InvalidEndpoint',
        message: expect.stringContaining('no TLS connection: DEPTH_ZERO_SELF_SIGNED_CERT'),
      });
    } finally {
      await proxy.close();
    }
  });
});

describe('Vault denies', () => {
  test.each([
    ['a role that is not there', { role: 'none' }, 'InvalidOption', 'refused (400)'],
    ['an auth method that is not there', { authPath: '/v1/auth/none/login' }, 'AccessDenied', 'denied (403)'],
    [
      'a secret that policies forbid',
      { secretPath: 'private' },
      'AccessDenied',
      'do not let it read secretPath',
    ],
    ['a secret that is not there', { secretPath: 'none' }, 'SecretNotFound', 'nothing is there (404)'],
  ])('%s', async (_, more, code, message) => {
    const secretPath = 'secretPath' in more ? `${kv1}/${more.secretPath}` : `${kv1}/store`;
    const attempt = vault.read(source(secretPath, { ...more, secretPath: `/v1/${secretPath}` }), FIELD, OPEN);
    await expect(attempt).rejects.toMatchObject({ code, class: 'fatal' });
    await expect(attempt).rejects.toThrow(message);
    await expect(attempt).rejects.not.toThrow('CANARY');
  });

  test('a deleted version', () =>
    expect(read(`${kv2}/data/gone`)).rejects.toMatchObject({ code: 'SecretNotFound' }));

  test('another service account, a token for others, and what is no token', async () => {
    const other = await server.serviceAccount(namespace, 'other', server.AUDIENCE);
    const forOthers = await server.serviceAccount(namespace, 'for-others');
    for (const [index, content] of [other, forOthers, 'no.token.CANARY'].entries()) {
      const attempt = vaultWith(token(content, `token-${index}`)).read(source(`${kv1}/store`), FIELD, OPEN);
      await expect(attempt).rejects.toMatchObject({ code: 'AccessDenied', class: 'fatal' });
      await expect(attempt).rejects.toThrow(
        `${server.address}/v1/${kubernetes}/login with role "worker": denied (403)`,
      );
      await expect(attempt).rejects.not.toThrow('CANARY');
    }
  });
});

test('a sealed Vault is waited for', async () => {
  const dir = mkdtempSync(join(files, 'own-'));
  const own = await startServers(['vault'], { dir, env: process.env, log: () => undefined });
  try {
    const environment = { ...process.env, ...own.environment };
    const sealable = vaultOf(environment);
    await sealable.admin('POST', 'sys/auth/approle', { type: 'approle' });
    const attempt = () => vault.read(source('secret/data/x', { address: sealable.address }), FIELD, OPEN);
    await sealable.admin('PUT', 'sys/seal');
    await expect(attempt()).rejects.toMatchObject({ code: 'SecretUnavailable', class: 'retry' });
    await expect(attempt()).rejects.toThrow('not available now (503; it may be sealed)');
    const [, key] = /Unseal Key: (\S+)/.exec(readFileSync(join(dir, 'logs', 'vault.log'), 'utf8')) ?? [];
    await sealable.admin('PUT', 'sys/unseal', { key });
    await expect(attempt()).rejects.toMatchObject({ code: 'AccessDenied' });
    await own.kill('vault');
    await expect(attempt()).rejects.toMatchObject({ code: 'SecretUnavailable', class: 'retry' });
  } finally {
    await own.stop();
  }
});
