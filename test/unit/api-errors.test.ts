import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { parseTransfer, renderErrors } from '../../operator/api/index.ts';
import { batchTransfer, DATABASE, S3, syncTransfer, VAULT } from './api-resources.ts';
import { mutated } from '../support/mutated.ts';
import { runs } from '../support/runs.ts';

/** Rendered errors of a resource; empty when it is valid. */
function rendered(resource: unknown): string {
  const parsed = parseTransfer(resource, {});
  return parsed.ok ? '' : renderErrors(parsed.errors);
}

const CANARY = 'cAnArY-3f9c';

/** Every field that may hold a credential holds one. */
const store = {
  s3: {
    ...S3,
    accessKey: CANARY,
    secretKey: CANARY,
    access_key: CANARY,
    secret_key: CANARY,
    vaultPath: CANARY,
  },
  kafka: {
    kafkaBrokers: `me:${CANARY},${CANARY}@broker:1`,
    kafkaTopic: 't',
    schemaRegistryURL: `http://me:${CANARY}@registry:80`,
    user: CANARY,
    password: CANARY,
    sslTruststore: CANARY,
    sslTruststorePassword: CANARY,
    secretImport: `/dir;${CANARY}`,
  },
  db: { ...DATABASE, db2URL: `jdbc:db2://me:${CANARY}@h:1/DB:password=${CANARY};`, password: CANARY },
  cloudant: { host: `${CANARY}@host`, database: 'd', username: CANARY, password: CANARY },
};
const canaries = batchTransfer({
  source: { ...store, description: 'd' },
  destination: { s3: { ...S3, endpoint: `https://me:${CANARY}@host`, secretKey: CANARY, vault: VAULT } },
  transformation: [{ action: 'EncryptColumns', options: { key: CANARY } }],
  secretProviderURL: `http://me:${CANARY}@provider`,
  spark: { options: { password: CANARY } },
});

describe('rendered errors', () => {
  test('one line each: where, what, and the value where it may be shown', () => {
    expect(
      rendered(
        batchTransfer({ source: { s3: { ...S3, bucket: 'a/b' } }, maxFailedRetries: 11, suspend: 'yes' }),
      ),
    ).toBe(
      [
        'spec.source.s3.bucket: must not contain a slash; the path belongs into objectKey (value "a/b")',
        'spec.suspend: must be true or false, not a text (value "yes")',
        'spec.maxFailedRetries: must be at most 10 (value 11)',
      ].join('\n'),
    );
  });

  test('fit into the status, however many there are', () => {
    const transformation = Array.from({ length: 900 }, () => ({ action: 'x'.repeat(255), name: 'n' }));
    const text = rendered(batchTransfer({ transformation }));
    expect(text.length).toBeLessThan(32_768);
    expect(text).toContain('spec.transformation[0].action: unknown action');
    expect(text).toMatch(/and 850 more$/);
  });

  test('do not break lines, whatever a field is called', () => {
    expect(rendered(batchTransfer({ 'a\nb': 1 })).split('\n')).toEqual([
      expect.stringContaining('spec["a\\nb"]: '),
    ]);
  });

  test.each([
    ['s3', 'accessKey'],
    ['s3', 'secretKey'],
    ['s3', 'access_key'],
    ['s3', 'secret_key'],
    ['kafka', 'user'],
    ['kafka', 'password'],
    ['kafka', 'sslTruststore'],
    ['kafka', 'sslTruststorePassword'],
    ['kafka', 'secretImport'],
    ['db', 'db2URL'],
    ['db', 'vaultPath'],
    ['cloudant', 'username'],
  ] as const)('name the bad %s.%s without its value', (block, field) => {
    for (const bad of [48_151_623, 'A48151623'.repeat(200_000)]) {
      const text = rendered(batchTransfer({ source: { [block]: { ...store[block], [field]: bad } } }));
      expect(text).toContain(`spec.source.${block}.${field}: must be`);
      expect(text).not.toContain('48151623');
    }
  });

  test('never hold a credential', () => {
    expect(rendered(canaries)).toContain('spec.source: exactly one store');
    expect(rendered(canaries)).not.toContain(CANARY);
    expect(JSON.stringify(parseTransfer(canaries, {}))).not.toContain(CANARY);
    for (const block of ['s3', 'kafka', 'db', 'cloudant'] as const)
      expect(rendered(batchTransfer({ source: { [block]: store[block] } }))).not.toContain(CANARY);
  });
});

const withEverything = batchTransfer({
  source: { s3: { ...S3, objectKey: 'in.csv', accessKey: CANARY, secretKey: CANARY } },
  transformation: [{ name: 'n', action: 'Redact', columns: ['a'], options: { redactValue: 'x' } }],
  schedule: '@daily',
  maxFailedRetries: 3,
  failedJobHistoryLimit: 3,
});

describe('whatever comes', () => {
  test('parsing does not throw, and says what is wrong', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.anything(),
          fc.jsonValue(),
          mutated(withEverything),
          mutated(syncTransfer()),
          mutated(canaries),
        ),
        (resource) => {
          const parsed = parseTransfer(resource, {});
          if (parsed.ok) return;
          expect(parsed.errors.length).toBeGreaterThan(0);
          expect(renderErrors(parsed.errors)).not.toBe('');
        },
      ),
      { numRuns: runs(300) },
    );
  });

  test('no error holds a credential', () => {
    fc.assert(
      fc.property(fc.oneof(mutated(withEverything), mutated(canaries)), (resource) => {
        expect(rendered(resource)).not.toContain(CANARY);
      }),
      { numRuns: runs(300) },
    );
  });

  test('deep nesting does no harm', () => {
    let deep: unknown = 'x';
    for (let depth = 0; depth < 100_000; depth++) deep = { source: deep };
    expect(
      parseTransfer(
        batchTransfer({ source: deep, transformation: [{ action: 'Redact', options: { deep } }] }),
        {},
      ),
    ).toMatchObject({ ok: false, state: 'ConfigurationError' });
  });
});
