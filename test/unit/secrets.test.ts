import { describe, expect, test } from '@jest/globals';
import { resourceSecrets } from '../../activities/secrets/resource.ts';
import { s3Credentials } from '../../activities/secrets/s3-credentials.ts';
import type { SecretReference } from '../../workflows/contract/secret.ts';

const REFERENCE: SecretReference = {
  kind: 'resource',
  apiVersion: 'fybrik.io/v1',
  resourceKind: 'BatchTransfer',
  namespace: 'ns',
  name: 'copy',
  uid: 'one',
  path: ['spec', 'source', 's3'],
};
const KEYS = { accessKey: 'me', secretKey: 'secret' };
const resource = (uid = 'one') => ({ metadata: { uid }, spec: { source: { s3: KEYS } } });
const resolving = (read: () => Promise<unknown>) => resourceSecrets(read).resolve(REFERENCE);
const refusing = (status: number) => () => Promise.reject(Object.assign(new Error('no'), { status }));

describe('credentials in the resource', () => {
  test('are read where the reference says', async () => {
    expect(await resolving(async () => resource())).toEqual(KEYS);
  });

  test.each([
    [500, 'SecretUnavailable', 'answers 500'],
    [429, 'SecretUnavailable', 'answers 429'],
    [0, 'SecretUnavailable', 'does not answer'],
    [403, 'AccessDenied', '403'],
  ])('the API with status %i', async (status, code, text) => {
    const message: unknown = expect.stringContaining(text);
    await expect(resolving(refusing(status))).rejects.toMatchObject({ code, message });
  });

  test.each([
    ['that is gone', undefined],
    ['that another one has replaced', resource('two')],
  ])('of a resource %s went with it', async (_what, found) => {
    await expect(resolving(async () => found)).rejects.toMatchObject({
      code: 'ResourceGone',
      class: 'fatal',
    });
  });

  test('a block that was removed is not a resource that is gone', async () => {
    const found = { metadata: { uid: 'one' }, spec: {} };
    await expect(resolving(async () => found)).rejects.toMatchObject({ code: 'SecretNotFound' });
  });
});

describe('S3 credentials', () => {
  test.each([KEYS, { access_key: 'me', secret_key: 'secret' }])('%j', (values) => {
    expect(s3Credentials(values, 'spec.source.s3')).toEqual(KEYS);
  });

  test('both must be given', () => {
    expect(() => s3Credentials({ accessKey: 'me' }, 'spec.source.s3')).toThrow(
      'spec.source.s3: accessKey and secretKey must both be given',
    );
  });

  test.each([
    ['accessKey', 'canary\n'],
    ['access_key', 'canary\r\nX-Evil: 1'],
    ['accessKey', 'canary\0'],
    ['accessKey', 'canaryé'],
  ])('an %s that no header can hold (%j) is named, not shown', (name, value) => {
    const attempt = () => s3Credentials({ [name]: value, secretKey: 'secret' }, 'spec.source.s3');
    expect(attempt).toThrow(`spec.source.s3.${name}: holds a control character`);
    expect(attempt).not.toThrow('canary');
    expect(attempt).toThrow(expect.objectContaining({ code: 'InvalidOption', class: 'fatal' }));
  });
});
