import { describe, expect, test } from '@jest/globals';
import type { ParseEnvironment } from '../../operator/api/index.ts';
import { admissions } from '../../operator/webhook/admit.ts';
import { readReview, reviewOf } from '../../operator/webhook/review.ts';
import type { AdmissionRequest } from '../../operator/webhook/review.ts';
import { applied, review } from '../support/admission.ts';
import { batchTransfer, DATABASE, S3 } from './api-resources.ts';

const none = () => Promise.resolve(undefined);
const request = (more: Partial<AdmissionRequest>): AdmissionRequest =>
  readReview(review({ object: batchTransfer(), ...more }))!;
const ask = (path: '/validate' | '/default', more: Partial<AdmissionRequest>, env: ParseEnvironment = {}) =>
  admissions(env, none)[path]!(request(more));

const WRONG = batchTransfer({ schedule: 'whenever', source: { s3: { ...S3, bucket: '' } } });

describe('validation', () => {
  test('tells all errors at once, each with its field', async () => {
    const verdict = await ask('/validate', { object: WRONG });
    expect(verdict).toEqual({
      allowed: false,
      message: expect.stringMatching(
        /^spec\.source\.s3\.bucket: must be non-empty.*\nspec\.schedule: Expected/,
      ),
      causes: [
        { field: 'spec.source.s3.bucket', message: 'must be non-empty (value "")' },
        {
          field: 'spec.schedule',
          message: expect.stringContaining('Expected exactly 5 fields, found 1: whenever'),
        },
      ],
    });
    expect(reviewOf(request({}), verdict)).toMatchObject({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      response: {
        uid: 'request-1',
        allowed: false,
        status: { code: 422, reason: 'Invalid', details: { kind: 'BatchTransfer', causes: { length: 2 } } },
      },
    });
  });

  test('lets through with a warning what is right and not supported yet', async () => {
    const object = batchTransfer({ source: { database: DATABASE }, image: 'x' });
    expect(await ask('/validate', { object })).toEqual({
      allowed: true,
      warnings: [
        'spec.source.database: the store database is not supported yet; supported stores: s3',
        'spec.image has no effect: no image is started',
      ],
    });
  });

  test.each<[string, Partial<AdmissionRequest>]>([
    [
      'an update of the metadata',
      { operation: 'UPDATE', object: WRONG, oldObject: { ...WRONG, metadata: {} } },
    ],
    [
      'a subresource',
      { operation: 'UPDATE', subResource: 'status', object: WRONG, oldObject: batchTransfer() },
    ],
    ['a deletion', { operation: 'DELETE', object: null, oldObject: WRONG }],
    [
      'whatever is being deleted',
      {
        operation: 'UPDATE',
        object: { ...WRONG, metadata: { deletionTimestamp: '2024-01-01T00:00:00Z' } },
        oldObject: batchTransfer(),
      },
    ],
    ['a connection', { operation: 'CONNECT', object: WRONG }],
  ])('lets through %s, whatever the spec is', async (_, change) => {
    expect(await ask('/validate', change)).toEqual({ allowed: true, warnings: [] });
    expect(await ask('/default', change)).toEqual({ allowed: true, warnings: [] });
  });

  test('looks at an update of the spec', async () => {
    const update = { operation: 'UPDATE', object: WRONG, oldObject: batchTransfer() };
    expect(await ask('/validate', update)).toMatchObject({ allowed: false });
  });

  test('knows a resource that has no name, UID and generation yet', async () => {
    const object = { ...batchTransfer(), metadata: { generateName: 'copy-' } };
    expect(await ask('/validate', { object, name: '' })).toEqual({ allowed: true, warnings: [] });
  });
});

describe('defaulting', () => {
  const env = { SECRET_PROVIDER_URL: 'mysecrets:123', SECRET_PROVIDER_ROLE: 'demo', NO_FINALIZER: 'true' };

  test('writes descriptions and the secret provider, and nothing a second time', async () => {
    const verdict = await ask('/default', {}, env);
    const object = applied(batchTransfer(), verdict);
    expect(object['spec']).toEqual({
      source: { s3: { ...S3, objectKey: 'in.csv' }, description: 's3://myBucket/in.csv' },
      destination: { s3: S3, description: 's3://myBucket/obj.parq' },
      secretProviderURL: 'mysecrets:123',
      secretProviderRole: 'demo',
    });
    expect(await ask('/default', { object }, env)).toEqual({ allowed: true, warnings: [], patch: [] });
  });

  test('leaves alone what is given', async () => {
    const spec = {
      source: { s3: { ...S3, objectKey: 'in.csv' }, description: 'mine' },
      destination: { s3: S3, description: 'mine, too' },
      secretProviderURL: 'http://other:1',
      secretProviderRole: 'other',
    };
    expect(await ask('/default', { object: batchTransfer(spec) }, env)).toMatchObject({ patch: [] });
  });

  test('writes no URL that holds credentials, and a store’s description without its properties', async () => {
    const url = 'jdbc:db2://host:1234/DB:user=me;password=CANARY;';
    const object = batchTransfer({ source: { database: { ...DATABASE, db2URL: url } } });
    const verdict = await ask('/default', { object }, { SECRET_PROVIDER_URL: 'http://me:CANARY@provider' });
    expect(verdict).toMatchObject({ patch: [{ value: 'jdbc:db2://host:1234/DB/MY.TABLE' }, { op: 'add' }] });
    expect(JSON.stringify(verdict)).not.toContain('CANARY');
  });

  test('a description that was made follows the store; one that was given stays', async () => {
    const before = applied(batchTransfer(), await ask('/default', {}));
    const { source, destination } = before['spec'] as { source: object; destination: object };
    const object = batchTransfer({
      source: { ...source, s3: { ...S3, objectKey: 'other.csv' } },
      destination: { ...destination, description: 'mine' },
    });
    expect(await ask('/default', { operation: 'UPDATE', object, oldObject: before })).toMatchObject({
      patch: [{ path: '/spec/source/description', value: 's3://myBucket/other.csv' }],
    });
  });

  test('refuses what is wrong: the API server would tell a part of it only', async () => {
    expect(await ask('/default', { object: WRONG }, env)).toMatchObject({
      allowed: false,
      causes: [{ field: 'spec.source.s3.bucket' }, { field: 'spec.schedule' }],
    });
  });
});
