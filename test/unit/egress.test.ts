import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addressProblem, hostProblem, parseEndpointPattern, targetOf } from '../../egress/hosts.ts';
import { matchesAny } from '../../egress/patterns.ts';
import { OPEN_POLICY, openEgressPolicy } from '../../egress/policy.ts';
import type { EgressRules } from '../../egress/rules.ts';
import { secretProblems } from '../../egress/secret-problems.ts';
import { storeProblems } from '../../egress/store-problems.ts';
import { parseTransfer, renderErrors, validateTransfer } from '../../operator/api/index.ts';
import type { SecretSource } from '../../workflows/contract/secret.ts';
import { ddc } from '../support/ddc.ts';
import { runs } from '../support/runs.ts';
import { batchTransfer } from './api-resources.ts';

const OPEN = OPEN_POLICY.rulesOf('team-a');
const rules = (more: Partial<EgressRules>): EgressRules => ({ namespace: 'team-a', ...more });
const problemAt = (host: string, given: EgressRules = OPEN): string | undefined =>
  hostProblem(given, targetOf(`http://${host}/`), true);

/** An IPv4 address in the spellings that URL parsers and resolvers take. */
const spelt = (bytes: readonly number[]): fc.Arbitrary<string> => {
  const [a = 0, b = 0, c = 0, d = 0] = bytes;
  const number = (value: number): fc.Arbitrary<string> =>
    fc.constantFrom(
      String(value),
      `0x${value.toString(16)}`,
      `0${value.toString(8)}`,
      `0X0${value.toString(16)}`,
    );
  const hex = ((a << 8) | b).toString(16) + ':' + ((c << 8) | d).toString(16);
  const joined = (parts: number[]): fc.Arbitrary<string> =>
    fc.tuple(...parts.map(number)).map((texts) => texts.join('.'));
  return fc.oneof(
    joined([a, b, c, d]),
    joined([a, b, (c << 8) | d]),
    joined([a, (b << 16) | (c << 8) | d]),
    number(((a << 24) | (b << 16) | (c << 8) | d) >>> 0),
    fc.constantFrom(
      `${bytes.join('.')}.`,
      ...['::ffff:', '::', '64:ff9b::', '::ffff:0:', '0:0:0:0:0:ffff:'].map((prefix) => `[${prefix}${hex}]`),
      `[::ffff:${bytes.join('.')}]`,
      `[2002:${hex}::1]`,
    ),
  );
};

describe('link-local addresses and metadata services', () => {
  const byte = fc.nat(255);

  test('are refused in every spelling', () => {
    const linkLocal = fc.tuple(byte, byte).chain(([c, d]) => spelt([169, 254, c, d]));
    fc.assert(
      fc.property(linkLocal, (host) => {
        expect({ host, problem: problemAt(host) }).toEqual({
          host,
          problem: expect.stringContaining('link-local addresses and metadata services are refused'),
        });
      }),
      { numRuns: runs(300) },
    );
  });

  test('others are not, whatever their spelling', () => {
    const other = fc.tuple(fc.integer({ min: 1, max: 99 }), byte, byte, byte).chain((bytes) => spelt(bytes));
    fc.assert(
      fc.property(other, (host) => {
        expect({ host, problem: problemAt(host) }).toEqual({ host, problem: undefined });
      }),
      { numRuns: runs(300) },
    );
  });

  test.each([
    '169.254.169.254',
    '[fe80::1]',
    '[febf:ffff::1]',
    '[fd00:ec2::254]',
    '100.100.100.200',
    '168.63.129.16',
    'metadata.google.internal',
    'METADATA.Google.Internal.',
    'instance-data',
  ])('%s is refused, and may be excepted', (host) => {
    const named = targetOf(`http://${host}/`).host;
    expect(problemAt(host)).toBe(
      `nothing is sent to ${named}: link-local addresses and metadata services are refused, unless the egress policy excepts them for namespace "team-a"`,
    );
    expect(problemAt(host, rules({ exceptions: [named] }))).toBeUndefined();
  });

  test('an exception is for what it names', () => {
    const given = rules({ exceptions: ['169.254.7.0/24'] });
    expect(problemAt('169.254.7.9', given)).toBeUndefined();
    expect(problemAt('[::ffff:169.254.7.9]', given)).toBeUndefined();
    expect(problemAt('169.254.8.9', given)).toBeDefined();
  });

  test('names are judged by all their addresses', () => {
    const target = { host: 'rebound.example.com', port: 80 };
    for (const address of ['169.254.169.254', 'fe80::1%eth0', '::ffff:169.254.169.254'])
      expect(addressProblem(OPEN, target, address, false)).toContain(
        `rebound.example.com, which is at ${address}`,
      );
    for (const address of ['127.0.0.1', '10.1.2.3', '::1'])
      expect(addressProblem(OPEN, target, address, false)).toBeUndefined();
  });
});

describe('endpoints', () => {
  const given = rules({
    endpoints: ['s3.example.com', '*.team.example.com:9000', '10.0.0.0/8:9000', '[fd00::/8]:443'],
  });

  test.each([
    ['http://s3.example.com', true],
    ['https://S3.example.com.:444', true],
    ['http://a.b.team.example.com:9000', true],
    ['http://a.team.example.com:9001', false],
    ['http://s3.example.com.evil.com', false],
    ['http://10.1.2.3:9000', true],
    ['http://0x0a.66051:9000', true],
    ['http://10.1.2.3', false],
    ['http://11.1.2.3:9000', false],
    ['https://[fd01::1]', true],
    ['https://[fe00::1]', false],
    ['http://169.254.169.254:9000', false],
    // its addresses decide
    ['http://other.example.com:9000', true],
    ['http://other.example.com:9001', false],
  ])('%s: %s', (endpoint, expected) => {
    const problems = storeProblems(given, { endpoint, bucket: 'b' });
    expect(problems.map(({ field }) => field)).toEqual(expected ? [] : ['endpoint']);
  });

  test('a name that is not listed must be in a listed network', () => {
    const target = targetOf('http://other.example.com:9000');
    expect(addressProblem(given, target, '10.9.9.9', true)).toBeUndefined();
    expect(addressProblem(given, target, '11.9.9.9', true)).toBe(
      'the egress policy does not let namespace "team-a" reach other.example.com, which is at 11.9.9.9, port 9000; allowed: s3.example.com, *.team.example.com:9000, 10.0.0.0/8:9000, [fd00::/8]:443',
    );
    expect(addressProblem(given, targetOf('http://s3.example.com'), '11.9.9.9', true)).toBeUndefined();
  });

  test.each(['http://s3.example.com', 's3:', 's3:0', 's3:65536', '10.0.0.0/33', 'a b', '[fd00::', ''])(
    '%s is no pattern',
    (text) => expect(parseEndpointPattern(text)).toBeUndefined(),
  );
});

describe('patterns', () => {
  test('{namespace} is the namespace and nothing else', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (namespace, other) => {
        expect(matchesAny(['{namespace}'], namespace, namespace)).toBe(true);
        expect(matchesAny(['x/{namespace}/*'], `x/${namespace}/y`, namespace)).toBe(true);
        expect(matchesAny(['{namespace}'], other, namespace)).toBe(other === namespace);
      }),
      { numRuns: runs(300) },
    );
  });
});

describe('references to secrets: a namespace gets at its own', () => {
  const given = rules({
    vaultAddresses: ['https://vault.example.com:8200'],
    vaultNamespaces: [''],
    vaultAuthPaths: ['/v1/auth/kubernetes/login'],
    vaultRoles: ['{namespace}', '{namespace}-*'],
    secretPaths: ['/v1/secret/data/{namespace}/*', '/v1/kubernetes-secrets/*?namespace={namespace}'],
    secretProviders: ['http://provider.example.com/get-secret'],
    secretProviderRoles: ['{namespace}'],
    secretNames: ['{namespace}/*'],
    secretImports: ['{namespace}', '{namespace}/*'],
  });
  const vault = (more: object): SecretSource => ({
    kind: 'vault',
    address: 'https://vault.example.com:8200',
    authPath: '/v1/auth/kubernetes/login',
    role: 'team-a',
    secretPath: '/v1/secret/data/team-a/store',
    ...more,
  });
  const provided = (more: object): SecretSource => ({
    kind: 'vaultPath',
    path: 'team-a/store',
    providerUrl: 'http://provider.example.com/get-secret',
    providerRole: 'team-a',
    ...more,
  });
  const imported = (directory: string): SecretSource => ({ kind: 'secretImport', directory, renames: [] });

  test.each<[string, SecretSource]>([
    ['vault', vault({})],
    ['another role', vault({ role: 'team-a-writer' })],
    ['Fybrik', vault({ secretPath: '/v1/kubernetes-secrets/s?namespace=team-a' })],
    ['upwards and back', vault({ secretPath: '/v1/secret/data/x/../team-a/store' })],
    ['provider', provided({})],
    ['provider with another query', provided({ path: 'http://provider.example.com/get-secret?x=1' })],
    ['import', imported('team-a')],
    ['import below', imported('./team-a/store/')],
    ['absolute, which the worker judges', imported('/mnt/secrets/team-b')],
  ])('%s', (_, source) => expect(secretProblems(given, source)).toEqual([]));

  test.each<[string, SecretSource]>([
    ['vault.address', vault({ address: 'https://vault.evil.com:8200' })],
    ['vault.address', vault({ address: 'http://vault.example.com:8200' })],
    ['vault.authPath', vault({ authPath: '/v1/auth/jwt/login' })],
    ['vault.namespace', vault({ namespace: 'other' })],
    ['vault.role', vault({ role: 'team-b' })],
    ['vault.role', vault({ role: 'team-ab' })],
    ['vault.secretPath', vault({ secretPath: '/v1/secret/data/team-b/store' })],
    ['vault.secretPath', vault({ secretPath: '/v1/secret/data/team-a/../team-b/store' })],
    ['vault.secretPath', vault({ secretPath: '/v1/secret/data/team-a/%2e%2e/team-b/store' })],
    ['vault.secretPath', vault({ secretPath: '/v1/secret/data/team-a/..%2fteam-b/store' })],
    ['vault.secretPath', vault({ secretPath: '/v1/secret/data/team-a//../../team-b/store' })],
    ['vault.secretPath', vault({ secretPath: '/v1/kubernetes-secrets/s?namespace=team-b' })],
    [
      'vault.secretPath',
      vault({ secretPath: '/v1/kubernetes-secrets/s?namespace=team-b&x?namespace=team-a' }),
    ],
    ['vaultPath', provided({ path: 'team-b/store' })],
    ['vaultPath', provided({ providerRole: 'team-b' })],
    ['vaultPath', provided({ providerUrl: 'http://evil.com/get-secret' })],
    ['vaultPath', provided({ path: 'http://169.254.169.254/latest/meta-data' })],
    ['secretImport', imported('team-b')],
    ['secretImport', imported('team-a/../team-b')],
    ['secretImport', imported('.')],
  ])('%s', (field, source) =>
    expect(secretProblems(given, source).map((problem) => problem.field)).toEqual([field]),
  );

  test('messages name value, namespace and what is allowed, but no query', () => {
    const [problem] = secretProblems(given, vault({ role: 'team-b' }));
    expect(problem!.message).toBe(
      'the egress policy does not let namespace "team-a" use "team-b"; allowed: team-a, team-a-*',
    );
    const path = 'http://evil.com/get?token=CANARY';
    expect(JSON.stringify(secretProblems(given, provided({ path })))).not.toContain('CANARY');
  });
});

describe('the policy', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ddc-egress-'));
  });
  afterAll(() => rm(directory, { recursive: true }));
  const opened = async (text: string) => {
    await writeFile(join(directory, 'policy.yaml'), text);
    return openEgressPolicy(join(directory, 'policy.yaml'));
  };

  test('a namespace has its own rules, else those of all, else nothing is allowed', async () => {
    const policy = await opened('namespaces: {team-a: {buckets: [a]}, "*": {buckets: [b]}}');
    expect(policy.rulesOf('team-a')).toEqual({ namespace: 'team-a', buckets: ['a'] });
    expect(policy.rulesOf('team-b')).toEqual({ namespace: 'team-b', buckets: ['b'] });
    const closed = (await opened('namespaces: {team-a: {}}')).rulesOf('__proto__');
    const store = { endpoint: 'http://s3', bucket: 'b' };
    expect(storeProblems(closed, store).map(({ field }) => field)).toEqual(['endpoint', 'bucket']);
  });

  test('what is wrong with the file is named', async () => {
    const refused = (text: string): Promise<string> =>
      opened(text).then(
        () => 'taken',
        (error: Error) => error.message.replace(directory, ''),
      );
    expect(await refused('namespaces: {a: {endpoints: [http://s3]}}')).toContain(
      '/policy.yaml: namespaces.a.endpoints.0: must be like s3.example.com',
    );
    expect(await refused('namespaces: {a: {bucket: [b]}}')).toContain(
      'namespaces.a: Unrecognized key: "bucket"',
    );
    expect(await refused('[')).toContain('is not valid YAML');
    expect(await refused('')).toContain('/policy.yaml: the file: ');
    expect(await refused('{}')).toContain('namespaces: must hold the rules of each namespace');
    await expect(openEgressPolicy('/nowhere.yaml')).rejects.toThrow(
      'DDC_EGRESS_POLICY: /nowhere.yaml cannot be read (ENOENT)',
    );
  });

  test('ddc refuses what it does not allow before it does anything', async () => {
    await opened('namespaces: {default: {buckets: ["{namespace}-*"]}}');
    const side = { endpoint: 'http://127.0.0.1:1', bucket: 'other', objectKey: 'k' };
    const spec = { source: { s3: side }, destination: { s3: { ...side, bucket: 'default-b' } } };
    const resource = { apiVersion: 'fybrik.io/v1', kind: 'BatchTransfer', metadata: { name: 'x' }, spec };
    const env = { DDC_EGRESS_POLICY: join(directory, 'policy.yaml'), DDC_TEMPORAL_ADDRESS: '127.0.0.1:1' };
    expect(await ddc(['run', '-f', '-'], JSON.stringify(resource), env)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        'spec.source.s3.bucket: the egress policy does not let namespace "default" use "other"; allowed: default-*',
      ),
    });
  });

  test('operator and webhook refuse what it does not allow, with field, value and what is allowed', async () => {
    const policy = await opened(
      'namespaces: {"*": {endpoints: [s3.example.com], buckets: ["{namespace}-*"], vaultRoles: [reader]}}',
    );
    const vault = { address: 'http://vault:8200', authPath: '/v1/a', role: 'admin', secretPath: '/v1/s' };
    const side = { endpoint: 'http://s3.example.com', bucket: 'ns-b', objectKey: 'k' };
    const cos = { ...side, endpoint: 'http://169.254.169.254', bucket: 'other', vault };
    const resource = batchTransfer({ source: { cos }, destination: { s3: side } });
    expect(parseTransfer(resource, {}).ok).toBe(true);
    const check = () => Promise.resolve(undefined);
    const parsed = await validateTransfer(resource, {}, check, policy);
    if (parsed.ok) throw new Error('taken');
    expect(parsed.state).toBe('ConfigurationError');
    expect(renderErrors(parsed.errors).split('\n')).toEqual([
      expect.stringMatching(
        /^spec\.source\.cos\.endpoint: nothing is sent to 169\.254\.169\.254: .* \(value "http:\/\/169\.254\.169\.254"\)$/,
      ),
      `spec.source.cos.bucket: the egress policy does not let namespace "ns" use "other"; allowed: ns-* (value "other")`,
      `spec.source.cos.vault.role: the egress policy does not let namespace "ns" use "admin"; allowed: reader`,
    ]);
    expect((await validateTransfer(batchTransfer(), {}, check)).ok).toBe(true);
  });
});
