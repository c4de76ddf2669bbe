import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connectionTo, type BatchContext } from '../../activities/batch/context.ts';
import { askForSecret } from '../../activities/secrets/request.ts';
import { secretResolver } from '../../activities/secrets/resolver.ts';
import { secretSettings } from '../../activities/secrets/settings.ts';
import { Vault } from '../../activities/secrets/vault/vault.ts';
import { connectS3 } from '../../activities/stores/s3/s3-store.ts';
import { targetOf } from '../../egress/hosts.ts';
import { guardedLookup } from '../../egress/lookup.ts';
import { OPEN_POLICY } from '../../egress/policy.ts';
import { EgressDenied, type EgressRules } from '../../egress/rules.ts';
import type { Transfer } from '../../workflows/contract.ts';
import type { SecretReference, SecretSource } from '../../workflows/contract/secret.ts';
import { withAnswers } from '../support/answers.ts';

const OPEN = OPEN_POLICY.rulesOf('team-a');
const portOf = (address: string): number => Number(new URL(address).port);

/** A name server whose answers change from one question to the next. */
function answering(...addresses: string[][]) {
  const asked: string[] = [];
  const lookup: Parameters<typeof guardedLookup>[3] = (host, options, callback) => {
    const found = addresses[Math.min(asked.length, addresses.length - 1)]!;
    asked.push(host);
    if (options.all)
      callback(
        null,
        found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
    else callback(null, found[0]!, 4);
  };
  return { asked, lookup };
}

function requested(port: number, lookup: ReturnType<typeof guardedLookup>): Promise<number | Error> {
  return new Promise((resolve) => {
    get({ host: 'store.test', port, lookup, agent: false }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    }).on('error', resolve);
  });
}

describe('a connection', () => {
  test('goes to the address that was checked, though the name has another the next time', async () => {
    await withAnswers(
      () => ({}),
      async (address, asked) => {
        const port = portOf(address);
        const names = answering(['127.0.0.1'], ['169.254.169.254']);
        const lookup = guardedLookup(OPEN, { host: 'store.test', port }, true, names.lookup);
        expect(await requested(port, lookup)).toBe(200);
        expect(names.asked).toEqual(['store.test']);
        const refused = await requested(port, lookup);
        expect(refused).toBeInstanceOf(EgressDenied);
        expect(String(refused)).toContain('store.test, which is at 169.254.169.254');
        expect(asked).toHaveLength(1);
      },
    );
  });

  test('is not made when one of the addresses is refused', async () => {
    await withAnswers(
      () => ({}),
      async (address, asked) => {
        const port = portOf(address);
        const { lookup } = answering(['127.0.0.1', '::ffff:169.254.169.254']);
        const guarded = guardedLookup(OPEN, { host: 'store.test', port }, true, lookup);
        expect(await requested(port, guarded)).toBeInstanceOf(EgressDenied);
        expect(asked).toEqual([]);
      },
    );
  });

  test('of a store: only to listed networks, where the name is not listed', async () => {
    await withAnswers(
      () => ({ status: 404 }),
      async (address, asked) => {
        const endpoint = `http://localhost:${portOf(address)}`;
        const opened = (endpoints: string[]) =>
          connectS3({ endpoint, bucket: 'b', egress: { namespace: 'team-a', endpoints } });
        const denied = opened(['10.0.0.0/8']);
        await expect(denied.head('k')).rejects.toMatchObject({
          code: 'EgressDenied',
          class: 'fatal',
          message: expect.stringMatching(
            /does not let namespace "team-a" reach localhost, which is at .*; allowed: 10\.0\.0\.0\/8$/,
          ),
        });
        expect(asked).toEqual([]);
        denied.close();
        for (const endpoints of [['127.0.0.0/8', '::1'], ['localhost']]) {
          const allowed = opened(endpoints);
          await allowed.head('k').catch(() => undefined);
          allowed.close();
        }
        expect(asked.length).toBeGreaterThan(1);
      },
    );
  });

  test('follows no redirect', async () => {
    await withAnswers(
      () => ({ status: 307, headers: { location: 'http://169.254.169.254/latest/' } }),
      async (address, asked) => {
        expect((await askForSecret(address, { egress: OPEN }, 'asking')).status).toBe(307);
        const store = connectS3({ endpoint: address, bucket: 'b', egress: OPEN });
        await expect(store.head('k')).rejects.toMatchObject({
          message: expect.not.stringContaining('EgressDenied'),
        });
        store.close();
        expect(asked.length).toBeGreaterThanOrEqual(2);
      },
    );
  });

  test('for a secret: names and addresses', async () => {
    const attempt = (url: string, rules: EgressRules = OPEN): Promise<unknown> =>
      askForSecret(url, { egress: rules }, 'asking');
    for (const url of ['http://169.254.169.254/x', 'http://0xa9fea9fe/', 'http://metadata.google.internal/'])
      await expect(attempt(url)).rejects.toMatchObject({ code: 'EgressDenied' });
  });
});

describe('a worker holds each step against the policy', () => {
  const asset = {
    store: 's3' as const,
    endpoint: 'http://s3.example.com',
    bucket: 'b',
    objectKey: 'k',
    description: '',
  };

  test('stores', async () => {
    const denied = { rulesOf: (namespace: string) => ({ namespace, buckets: ['{namespace}-*'] }) };
    const context = { egress: denied, limits: { processes: 1 } } as unknown as BatchContext;
    const transfer = { namespace: 'team-a', uid: 'u', source: asset, destination: asset };
    const attempt = connectionTo(context, transfer as unknown as Transfer, 'source');
    await expect(attempt).rejects.toMatchObject({
      code: 'EgressDenied',
      message:
        'spec.source.s3.bucket: the egress policy does not let namespace "team-a" use "b"; allowed: team-a-*',
    });
    const passed = { egress: OPEN_POLICY, limits: { processes: 1 } } as unknown as BatchContext;
    expect(await connectionTo(passed, transfer as unknown as Transfer, 'source')).toMatchObject({
      egress: { namespace: 'team-a' },
    });
  });

  describe('secrets', () => {
    let files: string;
    beforeAll(() => {
      files = mkdtempSync(join(tmpdir(), 'ddc-egress-'));
      writeFileSync(join(files, 'token'), 'jwt');
      for (const name of ['team-a', 'team-b']) {
        mkdirSync(join(files, name));
        writeFileSync(join(files, name, 'accessKey'), `of ${name}`);
      }
    });
    afterAll(() => rmSync(files, { recursive: true }));

    const resolve = (
      namespace: string,
      source: SecretSource,
      rules: Omit<EgressRules, 'namespace'>,
      provider?: string,
    ): Promise<unknown> => {
      const settings = secretSettings({
        vaultTokenFile: join(files, 'token'),
        secretDir: files,
        secretProviderUrl: provider,
        secretProviderRole: 'r',
      });
      const reference: SecretReference = {
        ...{ kind: 'resource', apiVersion: 'fybrik.io/v1', resourceKind: 'BatchTransfer', uid: 'u' },
        ...{ namespace, name: 'n', path: ['spec', 'source', 's3'], inline: false, sources: [source] },
      };
      const readResource = () => Promise.reject(new Error('not asked'));
      const egress = { rulesOf: (of: string) => ({ namespace: of, ...rules }) };
      const access = { readResource, vault: new Vault(settings), settings, egress };
      return secretResolver(access).resolve(reference);
    };

    test('a namespace cannot import those of another, by whatever path', async () => {
      const rules = { secretImports: ['{namespace}'] };
      const imported = (directory: string): SecretSource => ({
        kind: 'secretImport',
        directory,
        renames: [],
      });
      for (const directory of ['team-a', join(files, 'team-a'), 'team-b/../team-a'])
        expect(await resolve('team-a', imported(directory), rules)).toEqual({ accessKey: 'of team-a' });
      for (const directory of ['team-b', join(files, 'team-b'), join(files, 'team-a', '..', 'team-b'), '.'])
        await expect(resolve('team-a', imported(directory), rules)).rejects.toMatchObject({
          code: 'EgressDenied',
          message: expect.stringContaining(
            'spec.source.s3.secretImport: the egress policy does not let namespace',
          ),
        });
    });

    test('a token that the worker has is not used for what a namespace may not read', async () => {
      const answer = (path: string) => ({
        body: path.includes('login') ? LOGIN : { data: { accessKey: path } },
      });
      await withAnswers(
        ({ url = '' }) => answer(url),
        async (address, asked) => {
          const source = (name: string): SecretSource => ({
            ...{ kind: 'vault', address, authPath: '/v1/auth/kubernetes/login', role: 'ddc' },
            secretPath: `/v1/kv/${name}/store`,
          });
          const rules = { secretPaths: ['/v1/kv/{namespace}/*'] };
          expect(await resolve('team-a', source('team-a'), rules)).toEqual({
            accessKey: '/v1/kv/team-a/store',
          });
          const before = asked.length;
          await expect(resolve('team-a', source('team-b'), rules)).rejects.toMatchObject({
            code: 'EgressDenied',
          });
          expect(asked).toHaveLength(before);
        },
      );
    });
    const LOGIN = { auth: { client_token: 't', lease_duration: 60 } };

    test("the worker's own secret provider is held against it, too", async () => {
      await withAnswers(
        () => ({ body: { accessKey: 'x' } }),
        async (address, asked) => {
          const source: SecretSource = { kind: 'vaultPath', path: 'name' };
          await expect(
            resolve('team-a', source, { secretProviders: ['http://other'] }, address),
          ).rejects.toMatchObject({ code: 'EgressDenied' });
          expect(asked).toEqual([]);
          const rules = { secretProviders: [address], secretProviderRoles: ['r'] };
          expect(await resolve('team-a', source, rules, address)).toEqual({ accessKey: 'x' });
        },
      );
    });
  });

  test('targets have the port of their scheme', () => {
    expect([targetOf('https://a'), targetOf('http://a.'), targetOf('http://[::1]:9')]).toEqual([
      { host: 'a', port: 443 },
      { host: 'a', port: 80 },
      { host: '::1', port: 9 },
    ]);
  });
});
