import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TransferError } from '../../activities/failures.ts';
import { mergeSecrets } from '../../activities/secrets/merge.ts';
import { secretResolver } from '../../activities/secrets/resolver.ts';
import { secretSettings } from '../../activities/secrets/settings.ts';
import { Vault } from '../../activities/secrets/vault/vault.ts';
import { withRenewedSecrets } from '../../activities/secrets/with-renewed.ts';
import type { SecretResolver } from '../../activities/secrets/secrets.ts';
import { OPEN_POLICY } from '../../egress/policy.ts';
import { withAnswers, type Asked } from '../support/answers.ts';
import { accepted, batchTransfer, S3 } from './api-resources.ts';

let files: string;
beforeAll(() => {
  files = mkdtempSync(join(tmpdir(), 'ddc-resolver-'));
  writeFileSync(join(files, 'token'), 'jwt');
  mkdirSync(join(files, 'mounted'));
  writeFileSync(join(files, 'mounted', 'c'), 'c of secretImport');
  writeFileSync(join(files, 'mounted', 'd'), 'd of secretImport');
});
afterAll(() => rmSync(files, { recursive: true }));

const vaultBlock = (address: string, secretPath: string) => ({
  role: 'r',
  address: `${address}/`,
  authPath: 'v1/auth/kubernetes/login',
  secretPath,
});

/** Vault and secret provider at once: every path is a secret, which `secrets` may change. */
function serving<T>(
  secrets: Record<string, Record<string, string>>,
  use: (address: string, asked: Asked[]) => Promise<T>,
) {
  return withAnswers(({ method, url = '' }) => {
    if (method === 'POST') return { body: { auth: { client_token: 't', lease_duration: 60 } } };
    const { pathname, searchParams } = new URL(url, 'http://x');
    const data = secrets[searchParams.get('secret_name') ?? pathname];
    return data === undefined ? { status: 404 } : { body: { data } };
  }, use);
}

/** The parsed resource, and a resolver for one activity of it. */
function resolving(spec: object, egress = OPEN_POLICY) {
  const resource = batchTransfer(spec as Record<string, unknown>);
  const settings = secretSettings({ vaultTokenFile: join(files, 'token'), secretDir: files });
  let reads = 0;
  const access = {
    readResource: async () => {
      reads += 1;
      return resource;
    },
    vault: new Vault(settings),
    settings,
    egress,
  };
  return { ...accepted(resource), resolver: () => secretResolver(access), reads: () => reads };
}

describe('a block with references', () => {
  test('what stands in it wins, then vault, vaultPath, secretImport', async () => {
    const secrets = {
      '/v1/s': { b: 'b of vault', access_key: 'ak of vault' },
      name: { b: 'b of vaultPath', c: 'c of vaultPath', accessKey: 'ak of vaultPath', secretKey: 'sk' },
    };
    await serving(secrets, async (address) => {
      const s3 = { ...S3, vault: vaultBlock(address, 'v1/s'), vaultPath: 'name', secretImport: 'mounted' };
      const { transfer, resolver, reads } = resolving({
        source: { s3: { ...s3, objectKey: 'in' } },
        secretProviderURL: address,
        secretProviderRole: 'r',
      });
      expect(await resolver().resolve(transfer.source.secret!)).toEqual({
        b: 'b of vault',
        c: 'c of vaultPath',
        d: 'd of secretImport',
        access_key: 'ak of vault',
        secretKey: 'sk',
      });
      expect(reads()).toBe(0);
    });
  });

  test('39: existing foo is kept, and without it the one of Vault counts', () => {
    expect(mergeSecrets([{ foo: 'mine' }, { foo: 'bar', more: 'x' }])).toEqual({ foo: 'mine', more: 'x' });
    expect(mergeSecrets([{}, { foo: 'bar' }])).toEqual({ foo: 'bar' });
    expect(mergeSecrets([{ secret_key: 'a' }, { secretKey: 'b' }, { __proto__x: 'c' }])).toEqual({
      secret_key: 'a',
      __proto__x: 'c',
    });
  });

  test('38: at every level, each asked once; existing values are kept', async () => {
    const secrets = {
      '/v1/db2/test2': { accessKey: 'of the provider', secretKey: 'sk' },
      '/v1/hmac/bucket1': { key: 'hmac key', salt: 'of the provider' },
    };
    await serving(secrets, async (address, asked) => {
      const { transfer, resolver } = resolving({
        source: { s3: { ...S3, objectKey: 'in', vaultPath: '/v1/db2/test2', access_key: 'mine' } },
        transformation: [
          { action: 'Digest', columns: ['a'], options: { salt: 'mine', vaultPath: '/v1/hmac/bucket1' } },
          { action: 'Encrypt', columns: ['b'], options: { vaultPath: '/v1/hmac/bucket1' } },
        ],
        secretProviderURL: `${address}/get-secret`,
        secretProviderRole: 'myrole',
      });
      const secretsOf = resolver();
      const references = [transfer.source.secret!, ...transfer.transformations.map(({ secret }) => secret!)];
      expect(await Promise.all(references.map((each) => secretsOf.resolve(each)))).toMatchObject([
        { access_key: 'mine', secretKey: 'sk' },
        { key: 'hmac key', salt: 'mine' },
        { key: 'hmac key', salt: 'of the provider' },
      ]);
      expect(new Set(asked.map(({ url }) => url))).toEqual(
        new Set([
          '/get-secret?role=myrole&secret_name=%2Fv1%2Fdb2%2Ftest2',
          '/get-secret?role=myrole&secret_name=%2Fv1%2Fhmac%2Fbucket1',
        ]),
      );
      expect(asked).toHaveLength(2);
      expect(JSON.stringify(transfer)).not.toMatch(/mine|hmac key/);
    });
  });

  test('an error names the field that refers', async () => {
    await serving({}, async (address) => {
      const vault = vaultBlock(address, '/v1/none');
      const { transfer, resolver } = resolving({
        destination: { cos: { ...S3, vault } },
        transformation: [{ action: 'Encrypt', columns: ['b'], options: { vault } }],
      });
      await expect(resolver().resolve(transfer.destination.secret!)).rejects.toThrow(
        'spec.destination.cos.vault: reading /v1/none',
      );
      await expect(resolver().resolve(transfer.transformations[0]!.secret!)).rejects.toThrow(
        'spec.transformation[0].options.vault: reading /v1/none',
      );
    });
  });

  test('is changed when what it refers to is', async () => {
    const secrets: Record<string, Record<string, string>> = { '/a': { accessKey: '1', secretKey: '2' } };
    await serving(secrets, async (address) => {
      const { transfer, resolver } = resolving({
        source: { s3: { ...S3, objectKey: 'in', vaultPath: `${address}/a` } },
        destination: { s3: { ...S3, accessKey: 'x', secretKey: 'y' } },
      });
      const used = resolver();
      expect(await used.changed()).toBe(false);
      await used.resolve(transfer.source.secret!);
      await used.resolve(transfer.destination.secret!);
      expect(await used.changed()).toBe(false);
      secrets['/a'] = { accessKey: '3', secretKey: '4' };
      expect(await used.changed()).toBe(true);
      delete secrets['/a'];
      await expect(used.changed()).rejects.toMatchObject({ code: 'SecretNotFound' });
    });
  });
});

describe('the work of an activity', () => {
  const denied = () => new TransferError('AccessDenied', 'denied by the store');
  const resolver = (changed: boolean): SecretResolver => ({
    resolve: async () => ({}),
    changed: async () => changed,
  });
  const failing = (errors: Error[]) => {
    let done = 0;
    return {
      times: () => done,
      work: async () => {
        const error = errors[done];
        done += 1;
        if (error !== undefined) throw error;
        return 'done';
      },
    };
  };

  test('is done once more with new secrets when they are others by now', async () => {
    const { work, times } = failing([denied()]);
    expect(await withRenewedSecrets(() => resolver(true), work)).toBe('done');
    expect(times()).toBe(2);
  });

  test('is not done again when they are the same, when it failed otherwise, or a third time', async () => {
    const same = failing([denied()]);
    await expect(withRenewedSecrets(() => resolver(false), same.work)).rejects.toThrow('denied');
    expect(same.times()).toBe(1);
    const other = failing([new TransferError('StoreUnavailable', 'away')]);
    await expect(withRenewedSecrets(() => resolver(true), other.work)).rejects.toThrow('away');
    expect(other.times()).toBe(1);
    const always = failing([denied(), denied(), denied()]);
    await expect(withRenewedSecrets(() => resolver(true), always.work)).rejects.toThrow('denied');
    expect(always.times()).toBe(2);
  });

  test('that may be visible stays so', async () => {
    const first = Object.assign(denied(), { committed: true });
    const { work } = failing([first, new TransferError('StoreUnavailable', 'away')]);
    await expect(withRenewedSecrets(() => resolver(true), work)).rejects.toMatchObject({
      code: 'StoreUnavailable',
      committed: true,
    });
  });
});
