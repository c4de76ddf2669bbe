import { expect, test } from '@jest/globals';
import { serviceAt } from '../../activities/stores/s3/service.ts';

test.each([
  ['https://s3.amazonaws.com', undefined],
  ['https://s3.eu-central-1.amazonaws.com', 'eu-central-1'],
  ['https://s3-eu-west-1.amazonaws.com', 'eu-west-1'],
  ['https://s3.dualstack.us-west-2.amazonaws.com', 'us-west-2'],
  ['https://s3-fips.us-gov-west-1.amazonaws.com', 'us-gov-west-1'],
  ['https://s3-fips.dualstack.us-east-1.amazonaws.com', 'us-east-1'],
  ['https://s3.cn-north-1.amazonaws.com.cn', 'cn-north-1'],
  ['https://bucket.vpce-1a2b3c4d-5e6f.s3.us-east-1.vpce.amazonaws.com', 'us-east-1'],
])('%s is AWS, region %s', (endpoint, region) => {
  expect(serviceAt(endpoint)).toEqual(
    region === undefined ? { addressing: 'virtual' } : { addressing: 'virtual', region },
  );
});

test.each([
  'https://s3.eu-de.cloud-object-storage.appdomain.cloud',
  'http://minio:9000',
  'http://127.0.0.1:9000',
  'https://s3.amazonaws.com.example.org',
  'https://not-s3.amazonaws.community',
])('%s is not AWS', (endpoint) => {
  expect(serviceAt(endpoint)).toEqual({ addressing: 'path' });
});
