import { createCipheriv, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { FormatSecrets, ParquetKeys } from '../../activities/formats/format.ts';
import { FileKeys } from '../../activities/formats/parquet/encryption/keys.ts';
import {
  aadOf,
  MODULE,
  open,
  openUnchecked,
  seal,
} from '../../activities/formats/parquet/encryption/modules.ts';
import { parquet } from '../../activities/formats/parquet/parquet.ts';
import { MemoryReader, readAll, withWorkbench } from '../support/files.ts';
import { writeEncrypted } from '../support/parquet-encryption.ts';
import { runs } from '../support/runs.ts';

const key = (bytes = 32): string => randomBytes(bytes).toString('base64');
const keys: ParquetKeys = {
  footerKey: key(),
  columnKeys: [{ columns: ['name', 'part.b'], key: key(), keyId: 'names' }],
};
const QUERY = `SELECT i AS id, 'name ' || i % 50 AS name, CASE WHEN i % 3 > 0 THEN {'a': i, 'b': 'secret ' || i} END AS part,
  [i, NULL] AS list FROM range(3000) AS numbers(i)`;

let object: Buffer;
let expected: unknown[][];
beforeAll(async () => {
  object = await writeEncrypted(QUERY, keys);
  expected = await withWorkbench(async ({ engine }) =>
    (await engine.query(QUERY)).map((row) => Object.values(row)),
  );
});

async function read(bytes: Buffer, secrets: FormatSecrets): Promise<unknown[][]> {
  return withWorkbench(
    async (bench) =>
      (await readAll(parquet, new MemoryReader(bytes, { piece: 999 }), bench, { secrets })).rows,
  );
}

describe('encrypted Parquet', () => {
  test('gives its rows to who has the keys, and shows nothing of them', async () => {
    expect(await read(object, { parquet: keys })).toEqual(expected);
    expect(object.toString('latin1', 0, 4)).toBe('PARE');
    for (const text of ['name 1', 'secret']) expect(object.includes(text)).toBe(false);
    expect(object.includes(Buffer.from(keys.footerKey, 'base64'))).toBe(false);
  });

  test('has other bytes each time: nonces are never used twice', async () => {
    const again = await writeEncrypted(QUERY, keys);
    expect(again.length).toBe(object.length);
    expect(again.equals(object)).toBe(false);
  });

  test('without rows', async () => {
    const empty = await writeEncrypted(`${QUERY} WHERE false`, keys);
    expect(await read(empty, { parquet: keys })).toEqual([]);
  });

  test.each<[string, FormatSecrets, string]>([
    ['no keys', {}, 'is an encrypted Parquet file: give its keys in spec.source.s3.parquet.encryption'],
    [
      'another footer key',
      { parquet: { ...keys, footerKey: key() } },
      'footerKey is not the key of its footer',
    ],
    [
      'no key for a column',
      { parquet: { ...keys, columnKeys: [] } },
      'the column "name" is encrypted with a key of its own',
    ],
    [
      'another key for a column',
      { parquet: { ...keys, columnKeys: [{ ...keys.columnKeys[0]!, key: key() }] } },
      'the column "name" cannot be decrypted',
    ],
    [
      'a key that is none',
      { parquet: { ...keys, footerKey: 'secret!' } },
      'footerKey: must be 16, 24 or 32 bytes in base64',
    ],
  ])('with %s is refused', async (_what, secrets, message) => {
    const failed = read(object, secrets);
    await expect(failed).rejects.toMatchObject({
      code: 'InvalidOption',
      message: expect.stringContaining(message),
    });
    const { message: text } = (await failed.catch((error: unknown) => error)) as Error;
    for (const secret of ['secret!', secrets.parquet?.footerKey ?? 'secret!'])
      expect(text).not.toContain(secret);
  });

  test('keys for a file that is not encrypted are refused', async () => {
    const plain = await withWorkbench(async ({ engine, directory }) => {
      await engine.run(`COPY (SELECT 1 AS a) TO '${directory}/f' (FORMAT parquet)`);
      return readFile(`${directory}/f`);
    });
    await expect(read(plain, { parquet: keys })).rejects.toMatchObject({
      code: 'InvalidOption',
      message: expect.stringContaining('is not encrypted'),
    });
  });

  test('a change of any bit is found', async () => {
    const bit = fc.record({
      byte: fc.integer({ min: 0, max: object.length - 1 }),
      bit: fc.integer({ min: 0, max: 7 }),
    });
    await fc.assert(
      fc.asyncProperty(bit, async ({ byte, bit: number }) => {
        const changed = Buffer.from(object);
        changed[byte]! ^= 1 << number;
        // the magic at the begin is not looked at
        if (byte < 4) return;
        await expect(read(changed, { parquet: keys })).rejects.toMatchObject({
          code: expect.stringMatching('^(InvalidOption|MalformedData|Unsupported)$'),
        });
      }),
      { numRuns: runs(40) },
    );
  });
});

describe('modules', () => {
  const file = Buffer.from('file');
  test('open only with their own key, at their own place', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom(16, 24, 32),
        fc.record({ group: fc.nat(32_767), column: fc.nat(32_767), page: fc.nat(32_767) }),
        (bytes, length, place) => {
          const own = randomBytes(length);
          const aad = aadOf(file, MODULE.dataPage, place);
          const module = seal(own, aad, Buffer.from(bytes)).subarray(4);
          expect(open(own, aad, module)).toEqual(Buffer.from(bytes));
          const others = [
            aadOf(file, MODULE.dictionaryPage, place),
            aadOf(file, MODULE.dataPage, { ...place, page: place.page ^ 1 }),
            aadOf(file, MODULE.dataPage, { ...place, group: place.group ^ 256 }),
            aadOf(Buffer.from('else'), MODULE.dataPage, place),
          ];
          for (const other of others) expect(() => open(own, other, module)).toThrow('its tag is wrong');
          expect(() => open(randomBytes(length), aad, module)).toThrow('its tag is wrong');
        },
      ),
      { numRuns: runs(50) },
    );
  });

  test('ordinals have two bytes, the smaller first', () => {
    const aad = aadOf(Buffer.from([9]), MODULE.dataPageHeader, { group: 258, column: 3, page: 513 });
    expect([...aad]).toEqual([9, 4, 2, 1, 3, 0, 1, 2]);
    expect([...aadOf(Buffer.alloc(0), MODULE.footer)]).toEqual([0]);
  });

  test('pages of AES_GCM_CTR_V1 count from 1', () => {
    const [own, nonce, plain] = [randomBytes(16), randomBytes(12), randomBytes(100)];
    const cipher = createCipheriv('aes-128-ctr', own, Buffer.concat([nonce, Buffer.from([0, 0, 0, 1])]));
    expect(openUnchecked(own, Buffer.concat([nonce, cipher.update(plain)]))).toEqual(plain);
  });
});

describe('keys', () => {
  test.each([15, 17, 31, 33, 0])('of %d bytes are refused without being shown', (bytes) => {
    const footerKey = key(bytes);
    expect(() => new FileKeys({ footerKey, columnKeys: [] }, 'spec')).toThrow('spec.footerKey');
    if (bytes > 0) expect(() => new FileKeys({ footerKey, columnKeys: [] }, 'spec')).not.toThrow(footerKey);
  });

  test('a leaf that is named itself comes before the column that it is in', () => {
    const columnKeys = [
      { columns: ['part'], key: key(), keyId: 'whole' },
      { columns: ['part.b'], key: key(), keyId: 'leaf' },
    ];
    const found = new FileKeys({ footerKey: key(), columnKeys }, 'spec');
    expect(found.ofColumn(['part', 'a'])?.id).toBe('whole');
    expect(found.ofColumn(['part', 'b'])?.id).toBe('leaf');
    expect(found.ofColumn(['else'])).toBeUndefined();
  });
});
