import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { withoutSecrets } from '../../cli/without-secrets.ts';
import { listedTransfer } from '../support/listed-transfer.ts';
import { runs } from '../support/runs.ts';

const SECRET = 'seen-by-nobody';
const spec = {
  source: {
    s3: {
      bucket: 'b',
      objectKey: 'k',
      accessKey: SECRET,
      secretKey: SECRET,
      access_key: SECRET,
      secret_key: SECRET,
    },
  },
  destination: {
    database: { db2URL: `jdbc:db2://u:${SECRET}@db:50000/x`, password: SECRET },
    kafka: { sslTruststorePassword: SECRET, sslTruststoreSecret: 'name' },
    s3: {
      vault: { role: 'r', secretPath: '/v1/x', address: 'http://vault', authPath: '/v1/auth' },
      parquet: {
        encryption: { footerKey: SECRET, footerKeyId: 'id', columnKeys: [{ columns: ['a'], key: SECRET }] },
      },
      endpoint: `https://me:${SECRET}@s3`,
    },
  },
  secretProviderURL: 'http://provider',
  transformation: [
    {
      action: 'DigestColumns',
      columns: ['a'],
      options: {
        algo: 'md5',
        salt: SECRET,
        mistyped: SECRET,
        nested: { deep: [SECRET, 1] },
        vault: { role: 'r' },
      },
    },
  ],
};

describe('a resource as ddc get prints it', () => {
  const resource = listedTransfer({ status: 'Running' }, spec);
  const annotated = {
    ...resource,
    metadata: {
      ...resource.metadata,
      managedFields: [{ manager: SECRET }],
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': SECRET, mine: 'x' },
    },
  };

  test('has no credential in it, and all else', () => {
    const shown = withoutSecrets(annotated);
    expect(JSON.stringify(shown)).not.toContain(SECRET);
    expect(shown).toMatchObject({
      metadata: { ...resource.metadata, annotations: { mine: 'x' } },
      spec: {
        source: { s3: { bucket: 'b', objectKey: 'k', accessKey: '***' } },
        destination: {
          kafka: { sslTruststoreSecret: 'name' },
          s3: { vault: spec.destination.s3.vault, parquet: { encryption: { footerKeyId: 'id' } } },
        },
        secretProviderURL: 'http://provider',
        transformation: [
          { action: 'DigestColumns', columns: ['a'], options: { algo: 'md5', vault: { role: 'r' } } },
        ],
      },
      status: { status: 'Running' },
    });
  });

  test('an option that nobody knows is hidden, whatever is in it', () => {
    const value = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.array(fc.string()),
      fc.dictionary(fc.string(), fc.string()),
    );
    fc.assert(
      fc.property(value, (mistyped) => {
        const transformation = [{ action: 'DigestColumns', options: { mistyped: [mistyped, SECRET] } }];
        expect(JSON.stringify(withoutSecrets(listedTransfer(undefined, { transformation })))).not.toContain(
          SECRET,
        );
      }),
      { numRuns: runs(200) },
    );
  });
});
