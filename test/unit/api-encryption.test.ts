import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { parseTransfer } from '../../operator/api/index.ts';
import { accepted, batchTransfer, configurationErrors, S3 } from './api-resources.ts';

const key = (bytes = 32): string => randomBytes(bytes).toString('base64');
const from = (encryption: unknown) =>
  batchTransfer({ source: { cos: { ...S3, objectKey: 'in', parquet: { encryption } } } });
const to = (encryption: unknown) =>
  batchTransfer({ destination: { s3: { ...S3, parquet: { compression: 'gzip', encryption } } } });
const PATH = 'spec.destination.s3.parquet.encryption';

describe('keys of Parquet', () => {
  test('stay in the resource; the transfer says where they are', () => {
    const given = {
      footerKey: key(16),
      footerKeyId: 'the footer',
      columnKeys: [
        { columns: ['a', 'b.c'], key: key(24), keyId: 'k1' },
        { columns: ['d'], key: key() },
      ],
    };
    const { transfer } = accepted(to(given));
    const { parquet } = transfer.destination.options!;
    const path = ['spec', 'destination', 's3', 'parquet', 'encryption'];
    expect(parquet).toMatchObject({
      compression: 'gzip',
      encryption: {
        secret: { kind: 'resource', uid: 'uid-1', generation: 3, path },
        footerKeyId: 'the footer',
        columnKeys: [
          { columns: ['a', 'b.c'], keyId: 'k1', secret: { path: [...path, 'columnKeys', '0'] } },
          { columns: ['d'], secret: { path: [...path, 'columnKeys', '1'] } },
        ],
      },
    });
    const told = JSON.stringify(transfer);
    for (const secret of [given.footerKey, ...given.columnKeys.map((each) => each.key)])
      expect(told).not.toContain(secret);
  });

  test('of a source, under its own spelling', () => {
    const { transfer } = accepted(from({ footerKey: key() }));
    expect(transfer.source.options?.parquet?.encryption?.secret.path).toEqual([
      'spec',
      'source',
      'cos',
      'parquet',
      'encryption',
    ]);
  });

  test('may be elsewhere; the transfer says where', () => {
    const vaultPath = '/v1/keys/footer';
    const column = { columns: ['a'], secretImport: 'keys;a -> key' };
    const { transfer } = accepted(to({ vaultPath, footerKeyId: 'k', columnKeys: [column] }));
    const path = ['spec', 'destination', 's3', 'parquet', 'encryption'];
    expect(transfer.destination.options!.parquet!.encryption).toMatchObject({
      secret: { path, inline: false, generation: 3, sources: [{ kind: 'vaultPath', path: vaultPath }] },
      footerKeyId: 'k',
      columnKeys: [
        {
          columns: ['a'],
          secret: {
            path: [...path, 'columnKeys', '0'],
            inline: false,
            sources: [{ kind: 'secretImport', directory: 'keys', renames: [{ from: 'a', to: 'key' }] }],
          },
        },
      ],
    });
    const both = accepted(to({ vaultPath, footerKey: key() })).transfer.destination.options!.parquet!;
    expect(both.encryption!.secret).not.toHaveProperty('inline');
    expect(both.encryption!.secret.sources).toHaveLength(1);
  });

  const secret = randomBytes(10).toString('base64');
  test.each([
    [{}, `${PATH}.footerKey: is required`],
    [{ footerKey: key(), columnKeys: [{ columns: ['a'] }] }, `${PATH}.columnKeys[0].key: is required`],
    [{ footerKey: secret }, `${PATH}.footerKey: must be 16, 24 or 32 bytes in base64`],
    [{ footrKey: secret, footerKey: key() }, `${PATH}.footrKey: unknown field`],
    [
      { footerKey: key(), columnKeys: [{ columns: ['a'], key: secret }] },
      `${PATH}.columnKeys[0].key: must be 16, 24 or 32 bytes in base64`,
    ],
    [
      { footerKey: key(), columnKeys: [{ columns: [], key: key() }] },
      `${PATH}.columnKeys[0].columns: must name a column`,
    ],
    [
      { footerKey: key(), columnKeys: [{ columns: ['a', 'b', 'a'], key: key() }] },
      `${PATH}.columnKeys[0].columns[2]: is named twice`,
    ],
  ])('%j is refused', (encryption, message) => {
    expect(configurationErrors(to(encryption))).toContainEqual(expect.stringContaining(message));
    expect(JSON.stringify(parseTransfer(to(encryption), {}))).not.toContain(secret);
  });
});
