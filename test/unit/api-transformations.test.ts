import { afterAll, describe, expect, test } from '@jest/globals';
import pino from 'pino';
import { renderErrors, validateTransfer } from '../../operator/api/index.ts';
import { clauseChecker, type ClauseChecker } from '../../operator/clauses.ts';
import { accepted, batchTransfer, configurationErrors } from './api-resources.ts';

const KEY = Buffer.alloc(32, 7).toString('base64');
const OPTIONS = 'spec.transformation[0].options';

const transforming = (...transformation: object[]) => batchTransfer({ transformation });

describe('options of transformations', () => {
  test.each<[object, string[]]>([
    [
      { action: 'DigestColumns', columns: ['a'], options: { algo: 'md5000' } },
      [`${OPTIONS}.algo: Algorithm 'md5000' is not supported! Supported: md5, sha1, sha256`],
    ],
    [
      { action: 'digest', columns: ['a'], options: { algorithm: 'md5' } },
      [`${OPTIONS}.algorithm: unknown option; DigestColumns knows: algo, salt, key, onMissingColumn`],
    ],
    [
      { action: 'SampleRows', options: { fraction: 2, seed: true } },
      [`${OPTIONS}.fraction: must be a number from 0 to 1, not 2`, `${OPTIONS}.seed: must be a text`],
    ],
    [
      { action: 'RedactColumns', columns: ['a'], options: { redactValue: ['x'] } },
      [`${OPTIONS}.redactValue: must be a text`],
    ],
    [
      { action: 'RedactColumns', columns: ['a'], options: { keepFirst: 1 } },
      [`${OPTIONS}.keepFirst: is for redactType formatted only`],
    ],
    [{ action: 'EncryptColumns', columns: ['a'] }, [`${OPTIONS}.key: is required: `]],
    [
      { action: 'EncryptColumns', columns: ['a'], options: { key: 'KEY-OF-MINE', algorithm: 'AES' } },
      [`${OPTIONS}.algorithm: must be one of AES-256-GCM, AES-SIV, FF1`, `${OPTIONS}.key: must be`],
    ],
    [{ action: 'FilterRows' }, [`${OPTIONS}.clause: No 'clause' specified for filterrows transformation!`]],
    [
      { action: 'FilterRows', options: { clause: ' ' } },
      [`${OPTIONS}.clause: No 'clause' specified for filterrows transformation!`],
    ],
    [
      { action: 'RemoveColumns' },
      ['spec.transformation[0].columns: RemoveColumns needs at least one column'],
    ],
    [{ action: 'RandomAction' }, ['spec.transformation[0].action: unknown action']],
  ])('%j', (transformation, told) => {
    const errors = configurationErrors(transforming(transformation));
    expect(errors.sort()).toEqual(told.sort().map((text) => expect.stringContaining(text)));
    expect(errors.join()).not.toContain('KEY-OF-MINE');
  });

  test('all errors at once, beside those of the rest', () => {
    const resource = batchTransfer({
      source: { s3: { endpoint: '123://x', bucket: '', objectKey: 'k' } },
      transformation: [{ action: 'Sample', options: { fraction: 2 } }, { action: 'Redact' }],
    });
    expect(configurationErrors(resource)).toEqual([
      expect.stringContaining('spec.source.s3.endpoint: '),
      expect.stringContaining('spec.source.s3.bucket: '),
      expect.stringContaining('spec.transformation[0].options.fraction: '),
      expect.stringContaining('spec.transformation[1].columns: '),
    ]);
  });

  test('what a reference brings need not be there; what is there is checked', () => {
    const encrypt = (options: object) =>
      transforming({
        action: 'EncryptColumns',
        columns: ['a'],
        options: { vaultPath: '/v1/keys', ...options },
      });
    accepted(encrypt({}));
    accepted(encrypt({ key: KEY }));
    accepted(encrypt({ key: { vaultPath: '/v1/keys' } }));
    expect(configurationErrors(encrypt({ key: 'short' }))).toEqual([
      expect.stringContaining(`${OPTIONS}.key: `),
    ]);
    expect(configurationErrors(encrypt({ algo: 'FF1' }))).toEqual([
      expect.stringContaining(`${OPTIONS}.algo: unknown`),
    ]);
    const filter = transforming({ action: 'FilterRows', options: { vaultPath: '/v1/x' } });
    expect(configurationErrors(filter)).toEqual([expect.stringContaining(`${OPTIONS}.clause: No 'clause'`)]);
  });

  test('a long value does not make a long message', () => {
    const options = { fraction: 'x'.repeat(100_000) };
    const [error] = configurationErrors(transforming({ action: 'SampleRows', options }));
    expect(error!.length).toBeLessThan(1000);
  });
});

describe('clauses of filters', () => {
  const log = pino({ level: 'silent' });
  const filter = (clause: string) => ({ action: 'Filter', options: { clause } });

  const checker = clauseChecker(log);
  afterAll(() => checker.close());

  async function told(resource: unknown, { check }: ClauseChecker = checker): Promise<string> {
    const parsed = await validateTransfer(resource, {}, check);
    return parsed.ok ? 'ok' : `${parsed.state}: ${renderErrors(parsed.errors)}`;
  }

  test('are errors of their field, beside all others', async () => {
    const resource = batchTransfer({
      schedule: 'whenever',
      transformation: [filter('a ='), filter('a = 1'), filter('a IN (SELECT 1)'), { action: 'Redact' }],
    });
    const text = await told(resource);
    expect(text.split('\n')).toEqual([
      'ConfigurationError: spec.transformation[3].columns: RedactColumns needs at least one column',
      expect.stringContaining('spec.schedule: Expected exactly 5 fields'),
      expect.stringContaining('spec.transformation[0].options.clause: not a condition: syntax error'),
      'spec.transformation[2].options.clause: subqueries are not allowed in a filter',
    ]);
  });

  test('are told before what is not supported yet', async () => {
    const resource = batchTransfer({
      schedule: '@daily',
      transformation: [filter('a = 1'), filter('now()')],
    });
    expect(await told(resource)).toMatch(
      /^ConfigurationError: spec\.transformation\[1\]\.options\.clause: now changes/,
    );
    expect(await told(batchTransfer({ transformation: [filter("s RLIKE '(a'")] }))).toContain('missing )');
    expect(await told(batchTransfer({ transformation: [filter('s RLIKE \'(a)\' AND "x" = 1')] }))).toBe('ok');
  });

  test('count as right where the engine cannot be had: the worker checks them', async () => {
    const without = clauseChecker(log, {
      open: () => ({ judge: () => Promise.reject(new Error('no engine')), close: () => undefined }),
    });
    expect(await told(batchTransfer({ transformation: [filter('a =')] }), without)).toBe('ok');
    without.close();
  });
});
