import { describe, expect, test } from '@jest/globals';
import { rootCertificates } from 'node:tls';
import { parseTransfer, renderErrors } from '../../operator/api/index.ts';
import { readConfig } from '../../operator/config.ts';
import { accepted, batchTransfer, configurationErrors, S3, VAULT } from './api-resources.ts';

const from = (fields: object, more: object = {}) =>
  batchTransfer({ source: { s3: { ...S3, objectKey: 'in.csv', ...fields } }, ...more });
const withOptions = (options: object, more: object = {}) =>
  batchTransfer({ transformation: [{ action: 'Digest', columns: ['a'], options }], ...more });

describe('references to secrets', () => {
  test('go with the transfer, in the order in which their values win', () => {
    const vault = {
      role: 'r',
      address: 'https://vault.example.com:8200/',
      authPath: 'v1/auth/kubernetes/login',
      secretPath: '/v1/kubernetes-secrets/my-secret?namespace=default',
      namespace: 'team',
      caCertificate: rootCertificates[0],
    };
    const { transfer } = accepted(
      from(
        { secretImport: 'dir;ak -> accessKey', vaultPath: '/v1/db2/test2', vault },
        { secretProviderURL: 'provider:123/get', secretProviderRole: 'role' },
      ),
    );
    expect(transfer.source.secret).toEqual({
      kind: 'resource',
      apiVersion: 'fybrik.io/v1',
      resourceKind: 'BatchTransfer',
      namespace: 'ns',
      name: 'copy',
      uid: 'uid-1',
      path: ['spec', 'source', 's3'],
      inline: false,
      sources: [
        {
          ...vault,
          kind: 'vault',
          address: 'https://vault.example.com:8200',
          authPath: '/v1/auth/kubernetes/login',
        },
        {
          kind: 'vaultPath',
          path: '/v1/db2/test2',
          providerUrl: 'http://provider:123/get',
          providerRole: 'role',
        },
        { kind: 'secretImport', directory: 'dir', renames: [{ from: 'ak', to: 'accessKey' }] },
      ],
    });
  });

  test('without a provider in the resource the operator, else the worker, has one', () => {
    const env = { SECRET_PROVIDER_URL: 'mysecrets:123', SECRET_PROVIDER_ROLE: 'demo' };
    const sourcesWith = (environment: object) =>
      accepted(from({ vaultPath: '/p' }), environment).transfer.source.secret?.sources;
    expect(sourcesWith(env)).toEqual([
      { kind: 'vaultPath', path: '/p', providerUrl: 'http://mysecrets:123', providerRole: 'demo' },
    ]);
    expect(sourcesWith({})).toEqual([{ kind: 'vaultPath', path: '/p' }]);
  });

  test('beside values in the block: both are needed', () => {
    const { secret } = accepted(from({ vaultPath: '/p', accessKey: 'CANARY' })).transfer.source;
    expect(secret).not.toHaveProperty('inline');
    expect(secret?.sources).toHaveLength(1);
    expect(JSON.stringify(secret)).not.toContain('CANARY');
  });

  test('in options of a transformation', () => {
    const { transfer } = accepted(withOptions({ algo: 'sha256', vault: VAULT, salt: 'CANARY' }));
    const [step] = transfer.transformations;
    expect(step).toMatchObject({ options: { algo: 'sha256' }, secretOptions: ['salt'] });
    expect(step?.secret).toMatchObject({
      path: ['spec', 'transformation', '0', 'options'],
      generation: 3,
      sources: [{ kind: 'vault', role: 'r', address: 'http://vault:8200', authPath: '/a', secretPath: '/s' }],
    });
    expect(step?.secret).not.toHaveProperty('inline');
    const [alone] = accepted(withOptions({ vault: VAULT })).transfer.transformations;
    expect(alone).toMatchObject({ options: {}, secret: { inline: false } });
    expect(alone).not.toHaveProperty('secretOptions');
    expect(JSON.stringify(transfer)).not.toContain('CANARY');
  });
});

describe('what is wrong with a reference', () => {
  const URL = 'must be a URL like http://vault.example.com:8200';
  const PATH = 'must be a path like /v1/secret/data/my-secret; the server is named in address';
  test.each([
    [{ address: 'vault:8200' }, `address: ${URL}`],
    [{ address: 'ftp://vault' }, `address: ${URL}; use http:// or https://`],
    [{ address: 'http://me:CANARY@vault' }, `address: ${URL}, without credentials`],
    [{ address: 'http://vault?x=CANARY' }, `address: ${URL}, without a query`],
    [{ address: 'http://va ult' }, `address: ${URL}`],
    [{ authPath: 'http://vault/v1/auth' }, `authPath: ${PATH}`],
    [{ secretPath: '/v1/a b' }, `secretPath: ${PATH}`],
    [{ secretPath: '/v1/a#b' }, `secretPath: ${PATH}`],
    [{ secretPath: '/v1/a\r\nX-Evil: 1' }, `secretPath: ${PATH}`],
    [{ role: undefined }, 'role: is required'],
    [{ token: 'CANARY' }, 'token: unknown field; known here are role, secretPath, address, authPath'],
    [{ caCertificate: 'CANARY' }, 'caCertificate: must be one or more certificates in PEM'],
  ])('%j', (fields, message) => {
    const vault = { ...VAULT, ...fields };
    for (const [resource, path] of [
      [from({ vault }), 'spec.source.s3.vault'],
      [withOptions({ vault }), 'spec.transformation[0].options.vault'],
    ] as const) {
      expect(configurationErrors(resource)).toEqual([expect.stringContaining(`${path}.${message}`)]);
      const parsed = parseTransfer(resource, {});
      expect(parsed.ok ? '' : renderErrors(parsed.errors)).not.toContain('CANARY');
    }
  });

  test.each([
    [{ vaultPath: 'http://me:CANARY@host/x' }, 'vaultPath: must be a URL like'],
    [{ vaultPath: 'file:///etc/CANARY' }, 'vaultPath: must be a URL like'],
    [{ vaultPath: 7 }, 'vaultPath: must be a text'],
    [{ secretImport: ';CANARY -> b' }, 'secretImport: must be a directory'],
    [{ vault: 'CANARY' }, 'vault: must be an object'],
  ])('%j', (fields, message) => {
    for (const [resource, path] of [
      [from(fields), 'spec.source.s3'],
      [withOptions(fields), 'spec.transformation[0].options'],
    ] as const) {
      expect(configurationErrors(resource)).toEqual([expect.stringContaining(`${path}.${message}`)]);
      expect(JSON.stringify(parseTransfer(resource, {}))).not.toContain('CANARY');
    }
  });

  test('a provider with credentials is refused wherever it is named, without a word of them', () => {
    const secretProviderURL = 'http://me:CANARY@provider';
    const resource = withOptions({}, { secretProviderURL });
    expect(configurationErrors(resource)).toEqual([
      expect.stringContaining('spec.secretProviderURL: must be a URL like'),
    ]);
    const start = () => readConfig(['node', 'operator', '--secret-provider-url', secretProviderURL], false);
    expect(start).toThrow('SECRET_PROVIDER_URL (--secret-provider-url) must be a URL like');
    expect(start).not.toThrow('CANARY');
  });

  test('a block has either Vault or keys', () => {
    expect(configurationErrors(from({ vault: VAULT, accessKey: 'a', secretKey: 'b' }))).toEqual([
      'spec.source.s3: Can only set vault or accessKey/secretKey!',
    ]);
  });
});
