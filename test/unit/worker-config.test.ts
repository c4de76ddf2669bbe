import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { newReceiptKeys } from '../../activities/receipts/keys.ts';
import { secretSettings, secretSettingsOf } from '../../activities/secrets/settings.ts';
import { affordableChunks, parseBytes, readWorkerConfig, workerLimits } from '../../worker/config.ts';
import { receiptSettings } from '../../worker/receipts.ts';

const GIB = 2 ** 30;
const read = (...args: string[]) => readWorkerConfig(['node', 'worker', ...args]);

describe('worker settings', () => {
  test.each([
    ['512Mi', 512 * 2 ** 20],
    ['2G', 2e9],
    ['1000000', 1e6],
    ['64Ki', 65_536],
  ])('the size %s', (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes);
  });

  test.each(['', '1 TB', '-1', '1.5Gi', 'Mi'])('no size: "%s"', (text) => {
    expect(() => parseBytes(text)).toThrow('Expected a size like 512Mi');
  });

  test('memory grows with the parallel chunks unless it is given', () => {
    expect(read('--parallel-chunks', '1').memoryLimit).toBe(GIB);
    expect(read('--parallel-chunks', '16')).toMatchObject({ memoryLimit: 8 * GIB, parallelChunks: 16 });
  });

  test('a given memory limit bounds the parallel chunks, never to none', () => {
    expect(read('--parallel-chunks', '16', '--memory-limit', '1Gi').parallelChunks).toBe(2);
    expect(affordableChunks(4, 100)).toBe(1);
  });

  test('a worker of a region takes the work of that region only', () => {
    expect(read('--task-queue', 'q').taskQueue).toBe('q');
    expect(read('--task-queue', 'q', '--region', '').taskQueue).toBe('q');
    expect(read('--task-queue', 'q', '--region', 'eu-de')).toMatchObject({
      taskQueue: 'q.eu-de',
      region: 'eu-de',
    });
  });

  test('a store has a minute to say something unless other seconds are given', () => {
    expect(read().storeTimeout).toBe(60);
    expect(read('--store-timeout', '5').storeTimeout).toBe(5);
  });

  test('limits of stores are shared by the engine processes that there really are', () => {
    const given = ['--bandwidth-limit', '10Mi', '--request-limit', '100'];
    const config = read('--parallel-chunks', '16', '--memory-limit', '1Gi', ...given);
    expect(workerLimits(config)).toEqual({
      bytesPerSecond: 10 * 2 ** 20,
      requestsPerSecond: 100,
      processes: 2,
    });
    expect(workerLimits(read('--parallel-chunks', '1'))).toEqual({ processes: 1 });
  });

  test('secrets are looked for where Kubernetes puts the token, and imported from nowhere, unless told', () => {
    expect(secretSettings(read())).toEqual({
      vaultTokenFile: '/var/run/secrets/kubernetes.io/serviceaccount/token',
      appRole: { path: '/v1/auth/approle/login' },
    });
    const given = {
      '--vault-token-file': '/t',
      '--app-role-path': '/v1/auth/a/login',
      '--role-id-file': '/r',
      '--secret-id-file': '/s',
      '--secret-provider-url': 'http://p',
      '--secret-provider-role': 'role',
      '--secret-dir': '/d',
    };
    expect(secretSettings(read(...Object.entries(given).flat()))).toEqual({
      vaultTokenFile: '/t',
      appRole: { path: '/v1/auth/a/login', roleIdFile: '/r', secretIdFile: '/s' },
      secretProviderUrl: 'http://p',
      secretProviderRole: 'role',
      secretDir: '/d',
    });
    const environment = { DDC_SECRET_DIR: '/e', DDC_VAULT_TOKEN_FILE: '', SECRET_PROVIDER_URL: 'http://q' };
    expect(secretSettingsOf(environment)).toMatchObject({
      vaultTokenFile: '/var/run/secrets/kubernetes.io/serviceaccount/token',
      secretDir: '/e',
      secretProviderUrl: 'http://q',
    });
  });

  test('the scratch limit is a size, and the worker looks for itself unless it is given', () => {
    expect(read('--scratch-limit', '2Gi').scratchLimit).toBe(2 * GIB);
    expect(read().scratchLimit).toBeUndefined();
  });
});

describe('the key that signs receipts', () => {
  const files = mkdtempSync(join(tmpdir(), 'ddc-key-'));
  afterAll(() => rmSync(files, { recursive: true }));
  const settings = (receiptKeyFile: string) => receiptSettings({ receiptKeyFile });
  const written = (content: string): string => {
    const file = join(files, 'key.pem');
    writeFileSync(file, content);
    return file;
  };

  test('none, and nowhere to write, unless told', async () => {
    expect(await receiptSettings(read())).toEqual({});
    expect(await receiptSettings(read('--receipt-prefix', 'proof'))).toEqual({ prefix: 'proof' });
  });

  test('an Ed25519 key is taken; what is wrong with others is told, and nothing of what is in them', async () => {
    const { privateKey, publicKey } = newReceiptKeys();
    expect((await settings(written(privateKey))).privateKey?.asymmetricKeyType).toBe('ed25519');
    await expect(settings(join(files, 'none'))).rejects.toThrow(
      'cannot be read; it must be an Ed25519 private key',
    );
    await expect(settings(written(publicKey))).rejects.toThrow('holds no key that can be read');
    await expect(settings(written('hunter2'))).rejects.not.toThrow('hunter2');
    const { privateKey: rsa } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    await expect(settings(written(rsa))).rejects.toThrow('holds a key of type rsa');
  });
});
