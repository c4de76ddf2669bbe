import { describe, expect, test } from '@jest/globals';
import { TRANSFORMS } from '../../activities/transforms/all.ts';
import { parseSteps } from '../../activities/transforms/steps.ts';
import type { SecretReference } from '../../workflows/contract/secret.ts';
import { action } from '../support/transform.ts';

const secret: SecretReference = {
  kind: 'resource',
  apiVersion: 'fybrik.io/v1',
  resourceKind: 'BatchTransfer',
  namespace: 'ns',
  name: 'copy',
  uid: 'uid-1',
  path: ['spec', 'transformation', '0', 'options'],
  inline: false,
  sources: [
    { kind: 'vaultPath', path: '/p' },
    { kind: 'secretImport', directory: 'd', renames: [] },
  ],
};
const parsing = (name: string, found: Record<string, string>, options = {}, secretOptions?: string[]) => {
  const [step] = parseSteps([{ ...action(name, ['a'], options, secretOptions), secret }], TRANSFORMS, {
    options: [found],
    seed: '',
  });
  return step!.options;
};

describe('options that a transformation refers to', () => {
  test('are those that may be secret; other keys of the secret mean nothing', () => {
    const found = { key: 'k', algo: 'md5', columns: 'x', note: 'for people' };
    expect(parsing('DigestColumns', found, { algo: 'sha256' })).toMatchObject({ algo: 'sha256', key: 'k' });
    expect(parsing('DigestColumns', { salt: 's' }, { algo: 'sha256' }, ['salt'])).toMatchObject({
      salt: 's',
    });
  });

  test.each([
    [
      'DigestColumns',
      'salt',
      'options.vaultPath, secretImport: the secret must hold salt or key for DigestColumns',
    ],
    ['EncryptColumns', 'key', 'options.vaultPath, secretImport: the secret must hold key for EncryptColumns'],
    ['RemoveColumns', 'no', 'options.vaultPath, secretImport: no option of RemoveColumns is secret'],
  ])('%s: a mistyped key is no key', (name, key, message) => {
    const attempt = () => parsing(name, { [` ${key}`]: 'CANARY' });
    expect(attempt).toThrow(`spec.transformation[0].${message}`);
    expect(attempt).not.toThrow('CANARY');
    expect(attempt).toThrow(expect.objectContaining({ code: 'InvalidOption', class: 'fatal' }));
  });

  test('what is no key is refused without its value', () => {
    const attempt = () => parsing('EncryptColumns', { key: 'CANARY' });
    expect(attempt).toThrow('spec.transformation[0].options.key: must be 32 bytes');
    expect(attempt).not.toThrow('CANARY');
  });
});
