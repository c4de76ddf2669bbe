import { describe, expect, test } from '@jest/globals';
import { figureLine } from '../../bench/figures.ts';
import { controllerEnvironment } from '../../bench/settings.ts';

describe('the lines of a benchmark', () => {
  test.each([
    [1.9, 'most', 'yes'],
    [2.1, 'most', 'no'],
    [1.9, 'least', 'no'],
    [2, 'least', 'yes'],
  ] as const)('%d against at %s 2: met=%s', (value, at, met) => {
    expect(figureLine({ name: 'batch.ratio', value, unit: 'x', aim: { value: 2, at } })).toBe(
      `BENCH name=batch.ratio value=${value} unit=x aim=2 met=${met}`,
    );
  });

  test('a figure without an aim is neither met nor unmet', () => {
    expect(figureLine({ name: 'batch.wall', value: 10.34, unit: 's' })).toBe(
      'NOTE name=batch.wall value=10.3 unit=s',
    );
  });
});

test('operator and worker are told where the servers are, never the keys of the store', () => {
  const servers = {
    KUBECONFIG: '/kubeconfig',
    DDC_TEMPORAL_ADDRESS: '127.0.0.1:7233',
    DDC_S3_ENDPOINT: 'http://127.0.0.1:9000',
    DDC_S3_ACCESS_KEY: 'key',
    DDC_S3_SECRET_KEY: 'canary',
  };
  expect(controllerEnvironment(servers, { ...servers, DDC_CHUNK_BYTES: '32Mi', HOME: '/root' })).toEqual({
    KUBECONFIG: '/kubeconfig',
    DDC_TEMPORAL_ADDRESS: '127.0.0.1:7233',
    DDC_CHUNK_BYTES: '32Mi',
  });
});
