import { describe, expect, test } from '@jest/globals';
import { existingServers } from '../../deploy/local/existing.ts';

const keys = { DDC_S3_ACCESS_KEY: 'a', DDC_S3_SECRET_KEY: 's' };

describe('servers named by the environment', () => {
  test('are used, each with a line that says why', () => {
    const lines: string[] = [];
    const env = { DDC_TEMPORAL_ADDRESS: 'temporal:7233', DDC_S3_ENDPOINT: 's3.example.com', ...keys };
    expect(existingServers(env, (line) => lines.push(line))).toEqual({
      names: ['temporal', 's3'],
      environment: {
        DDC_TEMPORAL_ADDRESS: 'temporal:7233',
        DDC_S3_ENDPOINT: 'https://s3.example.com',
        ...keys,
      },
    });
    expect(lines[0]).toBe('temporal: temporal:7233, because DDC_TEMPORAL_ADDRESS says so');
  });

  test('the second store has names of its own', () => {
    const minio = {
      DDC_MINIO_ENDPOINT: 'http://minio:9000',
      DDC_MINIO_ACCESS_KEY: 'a',
      DDC_MINIO_SECRET_KEY: 's',
    };
    expect(existingServers(minio, () => undefined)).toEqual({ names: ['minio'], environment: minio });
    expect(() => existingServers({ ...minio, DDC_MINIO_SECRET_KEY: '' }, () => undefined)).toThrow(
      'set DDC_MINIO_ACCESS_KEY and DDC_MINIO_SECRET_KEY',
    );
  });

  test('Vault with its token', () => {
    const vault = { DDC_VAULT_ADDR: 'http://vault:8200', DDC_VAULT_ROOT_TOKEN: 't' };
    expect(existingServers(vault, () => undefined)).toEqual({ names: ['vault'], environment: vault });
    expect(() => existingServers({ DDC_VAULT_ADDR: 'http://vault:8200' }, () => undefined)).toThrow(
      'set DDC_VAULT_ROOT_TOKEN',
    );
  });

  test('a cluster that happens to be configured is not touched', () => {
    expect(existingServers({ KUBECONFIG: '/home/me/.kube/config' }, () => undefined).names).toEqual([]);
  });

  test('a store without its keys is refused by the names of the variables', () => {
    expect(() => existingServers({ DDC_S3_ENDPOINT: 'http://x' }, () => undefined)).toThrow(
      'set DDC_S3_ACCESS_KEY and DDC_S3_SECRET_KEY',
    );
  });
});
