import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { importedSecrets } from '../../activities/secrets/mounted.ts';
import { providedSecrets } from '../../activities/secrets/provider.ts';
import { OPEN_POLICY } from '../../egress/policy.ts';
import { parseSecretImport, secretImportProblems } from '../../operator/api/checks/secret-import.ts';
import type { VaultPathSource } from '../../workflows/contract/secret.ts';
import { withAnswers, type Answer } from '../support/answers.ts';

describe('37: secretImport', () => {
  let root: string;
  const read = (text: string, below: string | undefined = root) => {
    const parsed = parseSecretImport(text);
    if ('problem' in parsed) throw new Error(parsed.problem);
    return importedSecrets({ kind: 'secretImport', ...parsed }, below, 'spec.source.s3.secretImport');
  };

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'ddc-import-'));
    // As Kubernetes mounts a secret.
    const mounted = join(root, 'mounted');
    mkdirSync(join(mounted, '..2024_01'), { recursive: true });
    writeFileSync(join(mounted, '..2024_01', 'ak'), 'A K');
    writeFileSync(join(mounted, '..2024_01', 'sk'), 'S\nK\n');
    symlinkSync('..2024_01', join(mounted, '..data'));
    for (const name of ['ak', 'sk']) symlinkSync(`..data/${name}`, join(mounted, name));
    mkdirSync(join(root, 'large'));
    writeFileSync(join(root, 'large', 'a'), 'x'.repeat(65_537));
    mkdirSync(join(root, 'tricky'));
    symlinkSync('/etc/passwd', join(root, 'tricky', 'passwd'));
    symlinkSync('/etc', join(root, 'etc'));
    mkdirSync(join(root, 'odd'));
    symlinkSync('../mounted', join(root, 'odd', 'link'));
  });
  afterAll(() => rmSync(root, { recursive: true }));

  test('file names are the keys; one line break at the end does not count', async () => {
    const expected = { ak: 'A K', sk: 'S\nK' };
    expect(await read('mounted')).toEqual(expected);
    expect(await read(join(root, 'mounted'))).toEqual(expected);
  });

  test('renamed', async () => {
    const expected = { accessKey: 'A K', secretKey: 'S\nK' };
    expect(await read('mounted;ak -> accessKey;sk -> secretKey')).toEqual(expected);
    expect(await read(' mounted ; ak->accessKey;')).toEqual({ accessKey: 'A K', sk: 'S\nK' });
  });

  test.each([
    ['none', 'SecretNotFound', 'nothing is at "none"'],
    ['mounted/ak', 'SecretNotFound', 'is not a directory'],
    ['mounted;other -> accessKey', 'SecretNotFound', 'there is no file "other"'],
    ['large', 'InvalidOption', 'files of at most 65536 bytes'],
    ['odd', 'InvalidOption', 'files of at most 65536 bytes'],
    ['..', 'AccessDenied', 'only what lies below DDC_SECRET_DIR'],
    ['../nowhere', 'AccessDenied', 'only what lies below DDC_SECRET_DIR'],
    ['/var/run/secrets/kubernetes.io/serviceaccount', 'AccessDenied', 'only what lies below'],
    ['etc', 'AccessDenied', 'only what lies below'],
    ['tricky', 'AccessDenied', 'only what lies below'],
  ])('%s is refused', async (text, code, message) => {
    await expect(read(text)).rejects.toMatchObject({
      code,
      class: 'fatal',
      message: expect.stringContaining(`spec.source.s3.secretImport: `),
    });
    await expect(read(text)).rejects.toThrow(message);
  });

  test('nothing is imported by a worker that is not told where from', async () => {
    await expect(
      importedSecrets({ kind: 'secretImport', directory: root, renames: [] }, undefined, 'f'),
    ).rejects.toThrow('f: this worker imports no secrets; DDC_SECRET_DIR');
    await expect(read('mounted', join(root, 'gone'))).rejects.toThrow('gone, does not exist');
  });

  test.each(['', ' ; a -> b', 'dir;a', 'dir;a -> ', 'dir; -> b', 'dir;a -> b -> c', 'd\0r'])(
    'no secretImport: %j',
    (text) => {
      expect(secretImportProblems(text)).toEqual([expect.stringContaining('must be a directory')]);
    },
  );
});

describe('38: vaultPath', () => {
  const FIELD = 'spec.source.s3.vaultPath';
  const OPEN = OPEN_POLICY.rulesOf('ns');
  const source = (more: Partial<VaultPathSource>): VaultPathSource => ({
    kind: 'vaultPath',
    path: '/v1/db2/test2',
    ...more,
  });
  const answering = (answer: Answer, more: (address: string) => Partial<VaultPathSource>, settings = {}) =>
    withAnswers(
      () => answer,
      async (address, asked) => ({
        outcome: await providedSecrets(source(more(address)), settings, FIELD, OPEN).catch(
          (error: unknown) => error,
        ),
        urls: asked.map(({ method, url }) => `${method} ${url}`),
        address,
      }),
    );
  const own = (address: string) => ({ providerUrl: `${address}/get-secret`, providerRole: 'myrole' });

  test.each([
    ['the object', { user: 'u', password: 'p' }],
    ['its data', { data: { user: 'u', password: 'p' }, more: 'x' }],
    ['its data of KV version 2', { data: { data: { user: 'u', password: 'p' }, metadata: {} } }],
  ])('the secret provider is asked by role and name; %s is taken', async (_, body) => {
    const { outcome, urls } = await answering({ body }, own);
    expect(outcome).toEqual({ user: 'u', password: 'p' });
    expect(urls).toEqual(['GET /get-secret?role=myrole&secret_name=%2Fv1%2Fdb2%2Ftest2']);
  });

  test("the worker's own provider stands in, also without a scheme; a query of its own is kept", async () => {
    const body = { a: 'b' };
    await withAnswers(
      () => ({ body }),
      async (address, asked) => {
        const host = address.slice('http://'.length);
        const settings = { secretProviderUrl: `${host}/get?v=1`, secretProviderRole: 'a&b' };
        expect(await providedSecrets(source({}), settings, FIELD, OPEN)).toEqual(body);
        expect(await providedSecrets(source({ providerRole: 'mine' }), settings, FIELD, OPEN)).toEqual(body);
        expect(asked.map(({ url }) => url)).toEqual([
          '/get?v=1&role=a%26b&secret_name=%2Fv1%2Fdb2%2Ftest2',
          '/get?v=1&role=mine&secret_name=%2Fv1%2Fdb2%2Ftest2',
        ]);
      },
    );
  });

  test('a full URL is asked as it is', async () => {
    const path = '/some/where?with=query';
    const { outcome, urls } = await answering({ body: { a: 'b' } }, (address) => ({ path: address + path }));
    expect(outcome).toEqual({ a: 'b' });
    expect(urls).toEqual([`GET ${path}`]);
  });

  test.each([
    [302, 'InvalidOption', 'fatal'],
    [403, 'AccessDenied', 'fatal'],
    [404, 'SecretNotFound', 'fatal'],
    [429, 'SecretUnavailable', 'retry'],
    [500, 'SecretUnavailable', 'retry'],
  ])('an answer %i fails', async (status, code, failureClass) => {
    const { outcome, address } = await answering({ status, body: { a: 'CANARY' } }, own);
    expect(outcome).toMatchObject({ code, class: failureClass });
    expect((outcome as Error).message).toContain(
      `${FIELD}: asking the secret provider ${address}/get-secret for "/v1/db2/test2" with role "myrole": `,
    );
    expect((outcome as Error).message).not.toContain('CANARY');
    const url = await answering({ status }, (base) => ({ path: `${base}/s?token=CANARY` }));
    expect((url.outcome as Error).message).toContain(`${FIELD}: asking ${url.address}/s: `);
    expect((url.outcome as Error).message).not.toContain('CANARY');
  });

  test('an answer that is no secret is tried again', async () => {
    const { outcome } = await answering({ body: '<html>CANARY</html>' }, own);
    expect(outcome).toMatchObject({ code: 'SecretUnavailable' });
    expect((outcome as Error).message).not.toContain('CANARY');
  });

  test.each([
    [{}, 'its URL is not known; set spec.secretProviderURL or SECRET_PROVIDER_URL of the worker'],
    [
      { secretProviderUrl: 'http://p' },
      'its role is not known; set spec.secretProviderRole or SECRET_PROVIDER_ROLE',
    ],
    [
      { secretProviderUrl: 'http://CANARY:x', secretProviderRole: 'r' },
      'SECRET_PROVIDER_URL of the worker is not a URL',
    ],
  ])('with %j nobody is asked', async (settings, message) => {
    await expect(providedSecrets(source({}), settings, FIELD, OPEN)).rejects.toMatchObject({
      code: 'InvalidOption',
      message: expect.stringContaining(`${FIELD}: `),
    });
    await expect(providedSecrets(source({}), settings, FIELD, OPEN)).rejects.toThrow(message);
    await expect(providedSecrets(source({}), settings, FIELD, OPEN)).rejects.not.toThrow('CANARY');
  });
});
