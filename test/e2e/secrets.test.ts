import { createHmac, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startAnswers, type Answer, type Answers } from '../support/answers.ts';
import { holdAt, isRecord, readLog } from '../support/crash.ts';
import { csvOf } from '../support/csv.ts';
import {
  apply,
  batchTransfer,
  createNamespace,
  kubectl,
  untilGone,
  untilStatus,
} from '../support/kubernetes.ts';
import { ENDED } from '../support/outcome.ts';
import { accessKey, createBucket, endpoint, get, keys, put, secretKey } from '../support/s3.ts';
import { startStack, type Stack } from '../support/stack.ts';
import { startStoreProxy, type StoreProxy } from '../support/store-proxy.ts';
import { vaultOf } from '../support/vault.ts';

const ROWS = 4_000;
const hmacKey = randomBytes(16).toString('hex');
const footerKey = randomBytes(32).toString('base64');
const server = vaultOf(process.env);
/** What the secret provider answers, by path; a test may change it. */
const provided = new Map<string, Answer>();

let stack: Stack;
let files: string;
let bucket: string;
let proxy: StoreProxy;
let provider: Answers;
let kv1: string;
let kv2: string;
let vaultAt: (secretPath: string, role?: string) => object;

beforeAll(async () => {
  files = await mkdtemp(join(tmpdir(), 'ddc-secrets-'));
  mkdirSync(join(files, 'parquet'));
  writeFileSync(join(files, 'parquet', 'footer'), `${footerKey}\n`);

  const workers = await createNamespace('secrets-worker');
  const auth = await server.kubernetesAuth(workers);
  writeFileSync(join(files, 'token'), await server.serviceAccount(workers, 'worker', server.AUDIENCE));
  kv1 = await server.mount('kv', { version: '1' });
  kv2 = await server.mount('kv', { version: '2' });
  await server.admin('POST', `${kv1}/source`, { access_key: accessKey, secret_key: secretKey });
  await server.admin('POST', `${kv2}/data/destination`, { data: { accessKey, secretKey } });
  await server.admin('POST', `${auth}/role/ddc`, {
    bound_service_account_names: ['worker'],
    bound_service_account_namespaces: [workers],
    audience: server.AUDIENCE,
    token_policies: [await server.policy('ddc', `${kv1}/source`, `${kv2}/data/destination`)],
  });
  vaultAt = (secretPath, role = 'ddc') => ({
    address: server.address,
    authPath: `/v1/${auth}/login`,
    role,
    secretPath: `/v1/${secretPath}`,
  });

  provider = await startAnswers(({ url = '' }) => {
    const { pathname, searchParams } = new URL(url, 'http://x');
    return provided.get(searchParams.get('secret_name') ?? pathname) ?? { status: 404 };
  });
  proxy = await startStoreProxy(endpoint);
  bucket = await createBucket('secrets');
  await put(
    bucket,
    'in.csv',
    csvOf('id,name', ROWS, (index) => `${index},name ${index}`),
  );
  stack = await startStack('secrets', {
    DDC_CHUNK_BYTES: '2Ki',
    DDC_VAULT_TOKEN_FILE: join(files, 'token'),
    DDC_SECRET_DIR: files,
    SECRET_PROVIDER_URL: `${provider.address}/get-secret`,
    SECRET_PROVIDER_ROLE: 'worker',
  });
});
afterAll(async () => {
  await stack.stop();
  provider.close();
  await proxy.close();
  await rm(files, { recursive: true });
});

const side = (objectKey: string, more: object, at = endpoint): object => ({
  s3: { endpoint: at, bucket, objectKey, ...more },
});
const start = async (name: string, spec: object): Promise<void> => {
  const { stderr } = await apply(batchTransfer(stack.namespace, name, spec));
  expect(stderr).toBe('');
};
const status = (name: string, states = ENDED) => untilStatus(stack.namespace, name, states);
const digested = (secret: string): string =>
  csvOf('id,name', ROWS, (index) => {
    const digest = createHmac('sha256', secret).update(`name ${index}`).digest('hex');
    return `${index},${digest}`;
  });
const digest = (options: object): object => ({
  action: 'Digest',
  columns: ['name'],
  options: { algo: 'sha256', ...options },
});
const storeKeys = { accessKey, secretKey };

describe('a transfer without a secret in it', () => {
  test('takes credentials of both sides from Vault, keys from the provider and from files; and is deleted with them', async () => {
    provided.set('/v1/hmac', { body: { data: { key: hmacKey } } });
    const source = side('in.csv', { vault: vaultAt(`${kv1}/source`) });
    const destination = {
      vault: vaultAt(`${kv2}/data/destination`),
      parquet: { encryption: { secretImport: 'parquet;footer -> footerKey' } },
    };
    await start('by-reference', {
      source,
      destination: side('out.parquet', destination),
      transformation: [digest({ vaultPath: '/v1/hmac' })],
    });
    expect(await status('by-reference')).toMatchObject({ status: 'Succeeded', numRecords: ROWS });
    const inline = { ...storeKeys, parquet: { encryption: { footerKey } } };
    await start('read-back', {
      source: side('out.parquet', inline),
      destination: side('back.csv', storeKeys),
    });
    expect((await status('read-back')).error).toBeUndefined();
    expect((await get(bucket, 'back.csv')).toString()).toBe(digested(hmacKey));

    await kubectl(['delete', 'bt', 'by-reference', '-n', stack.namespace, '--wait=false']);
    await untilGone(stack.namespace, 'by-reference');
    expect(await keys(bucket)).not.toContain('out.parquet');
  });

  test.each([
    [
      'another-role',
      { vault: () => vaultAt(`${kv1}/source`, 'nobody') },
      'with role "nobody": refused (400)',
    ],
    ['forbidden', { vault: () => vaultAt(`${kv1}/private`) }, 'of Vault at'],
    [
      'not-provided',
      { vaultPath: () => '/v1/none' },
      'for "/v1/none" with role "worker": nothing is there (404)',
    ],
    ['outside', { secretImport: () => '/etc' }, 'only what lies below DDC_SECRET_DIR'],
  ])('is Fatal when it is denied: %s', async (name, references, text) => {
    const given = Object.fromEntries(Object.entries(references).map(([field, value]) => [field, value()]));
    const [field] = Object.keys(references);
    await start(name, { source: side('in.csv', given), destination: side('out.csv', storeKeys) });
    const { status: state, error } = await status(name);
    expect(state).toBe('Fatal');
    expect(error).toContain(`spec.source.s3.${field}: `);
    expect(error).toContain(text);
  });

  test('waits for a provider that does not answer, and goes on', async () => {
    provided.set('/v1/later', { status: 503 });
    const destination = side('later.csv', { vaultPath: '/v1/later' });
    await start('later', { source: side('in.csv', storeKeys), destination });
    const failed = await status('later', [...ENDED, 'Failed']);
    expect(failed).toMatchObject({ status: 'Failed', retry: { attempt: 1, maxAttempts: 3 } });
    expect(failed.error).toContain('spec.destination.s3.vaultPath: asking the secret provider');
    provided.set('/v1/later', { body: storeKeys });
    expect(await status('later')).toMatchObject({ status: 'Succeeded' });
  });
});

describe('a secret that becomes another one during a run', () => {
  test('credentials: denied by the store, they are resolved again, and no chunk is copied twice', async () => {
    provided.set('/v1/rotated', { body: { ...storeKeys, version: '1' } });
    let records = 0;
    let denied = 0;
    proxy.fault = (request) => {
      records += isRecord(request) ? 1 : 0;
      // The old key, once, after a few chunks; then the new one is there.
      if (records < 3 || denied > 0) return undefined;
      denied += 1;
      provided.set('/v1/rotated', { body: { ...storeKeys, version: '2' } });
      return { kind: 'denied', done: false };
    };
    const destination = side('rotated.csv', { vaultPath: '/v1/rotated' }, proxy.endpoint);
    await start('rotated', { source: side('in.csv', storeKeys), destination, maxFailedRetries: 0 });
    expect(await status('rotated')).toMatchObject({ status: 'Succeeded', numRecords: ROWS });
    proxy.fault = () => undefined;
    expect(denied).toBe(1);
    const copied = readLog(join(stack.dir, 'worker.log'))
      .filter((line) => line.msg === 'chunk copied' && line['transfer'] === `${stack.namespace}/rotated`)
      .map((line) => line['chunk'] as number);
    expect(new Set(copied).size).toBeGreaterThan(8);
    expect(copied).toHaveLength(new Set(copied).size);
  });

  test('a key of a transformation: the run begins anew, so that all of the copy has the new one', async () => {
    provided.set('/v1/changed', { body: { key: 'the old key' } });
    const held = holdAt(proxy, 'before', isRecord);
    await start('changed', {
      source: side('in.csv', storeKeys),
      destination: side('changed.csv', storeKeys, proxy.endpoint),
      transformation: [digest({ vaultPath: '/v1/changed' })],
    });
    await held.reached;
    provided.set('/v1/changed', { body: { key: 'the new key' } });
    held.release();
    expect(await status('changed')).toMatchObject({ status: 'Succeeded', numRecords: ROWS });
    expect((await get(bucket, 'changed.csv')).toString()).toBe(digested('the new key'));
  });
});
