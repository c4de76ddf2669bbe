import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { aessiv } from '@noble/ciphers/aes.js';
import * as fc from 'fast-check';
import { decryptEnvelope } from '../../activities/transforms/encryption/decrypt.ts';
import { ff1Cipher } from '../../activities/transforms/encryption/ff1.ts';
import { deriveKey, parseKey, usualKeyId } from '../../activities/transforms/encryption/key.ts';
import { openEngine, type TestEngine } from '../support/engine.ts';
import { runs } from '../support/runs.ts';
import { action, failure, R, table, transform, type Table } from '../support/transform.ts';

const KEY = Buffer.from('2b7e151628aed2a6abf7158809cf4f3cef4359d8d580aa4f7f036d6f04fc6a94', 'hex');
const SECRETS = { options: [{ key: KEY.toString('base64') }], seed: 'run seed' };
const KEYS = new Map([
  [usualKeyId(KEY), KEY],
  ['k-1', KEY],
]);

let engine: TestEngine;
beforeAll(async () => {
  engine = await openEngine(SECRETS);
});
afterAll(() => engine.close());

async function encrypted(
  source: Table,
  options: Record<string, unknown> = {},
  by = engine,
  secrets = SECRETS,
): Promise<(string | null)[]> {
  const encrypt = action('EncryptColumns', ['s'], options, ['key']);
  const { rows } = await transform(by, source, [encrypt], false, { secrets });
  return rows.map(({ s }) => s as string | null);
}

const texts = (...values: (string | null)[]): Table =>
  table(
    { s: 'VARCHAR' },
    values.map((value) => [value === null ? 'NULL' : `'${value.replaceAll("'", "''")}'`]),
  );
const open = (text: string | null): string => decryptEnvelope(text!, KEYS).toString();

describe.each(['AES-256-GCM', 'AES-SIV'])('%s', (algorithm) => {
  test('gives every text back to the holder of the key; null stays null', async () => {
    const value = fc.string({ unit: 'binary', maxLength: 40 }).filter((text) => !text.includes('\0'));
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 10 }), async (values) => {
        const all = await encrypted(texts(...values, null), { algorithm });
        expect(all.pop()).toBeNull();
        expect(all.map(open)).toEqual(values);
      }),
      { numRuns: runs(40) },
    );
  });

  test('keeps the id of the key, or one that derives from it', async () => {
    const cipher = algorithm === 'AES-SIV' ? 'siv' : 'gcm';
    expect((await encrypted(texts('a'), { algorithm, keyId: 'k-1' }))[0]).toMatch(
      new RegExp(`^ddc1:${cipher}:k-1:[\\w-]+$`),
    );
    expect((await encrypted(texts('a'), { algorithm }))[0]).toMatch(/^ddc1:[a-z]+:[0-9a-f]{8}:/);
  });

  test('encrypts the bytes of binary values and the text of others', async () => {
    const [binary] = await encrypted(table({ s: 'BLOB' }, [[String.raw`'\x00\xFF'`]]), { algorithm });
    expect(decryptEnvelope(binary!, KEYS)).toEqual(Buffer.from([0, 255]));
    const [number] = await encrypted(table({ s: 'DECIMAL(5,2)' }, [['1.5']]), { algorithm });
    expect(open(number!)).toBe('1.50');
  });

  test('is refused when a character was changed, the key is another, or it is none of ours', async () => {
    const [text] = await encrypted(texts('a value'), { algorithm, keyId: 'k-1' });
    const other = text!.endsWith('AA') ? 'BB' : 'AA';
    expect(() => open(text!.slice(0, -4) + other + text!.slice(-2))).toThrow(
      'cannot be decrypted with the key k-1',
    );
    expect(() => open(text!.replace('k-1', usualKeyId(KEY)))).toThrow('cannot be decrypted');
    expect(() => decryptEnvelope(text!, new Map([['k-1', randomBytes(32)]]))).toThrow('another key');
    expect(() => decryptEnvelope(text!, new Map())).toThrow('key k-1, which is not among the given ones');
    for (const foreign of ['', 'a value', 'ddc1:rot:k-1:AAAA', 'ddc1:gcm:k-1:', text!.slice(0, 20)])
      expect(() => open(foreign)).toThrow(/^a value /);
  });
});

describe('AES-256-GCM', () => {
  const same = texts(...Array.from({ length: 100 }, () => 'same'));

  test('equal values differ; a repeated attempt gives the same texts, another run or object others', async () => {
    const first = await encrypted(same);
    expect(new Set(first).size).toBe(100);
    expect(await encrypted(same)).toEqual(first);
    const secrets = { ...SECRETS, seed: 'seed of another run' };
    const otherRun = await openEngine(secrets);
    const others = [
      ...(await encrypted(same, {}, otherRun, secrets)),
      ...(await encrypted({ ...same, rowIdentity: { object: 'object@etag#1', first: 0 } })),
    ];
    await otherRun.close();
    for (const text of others) expect(first).not.toContain(text);
  });

  test('another value at the same place has another nonce', async () => {
    const nonce = (text: string | null) => text!.split(':')[3]!.slice(0, 16);
    const [one] = await encrypted(texts('one'));
    const [two] = await encrypted(texts('two'));
    expect(nonce(one!)).not.toBe(nonce(two!));
  });
});

test('AES-SIV: equal values are equal; what is written is RFC 5297 under the derived key', async () => {
  const [one, two] = await encrypted(texts('same', 'same'), { algorithm: 'deterministic', keyId: 'k-1' });
  expect(one).toBe(two);
  const cipher = aessiv(deriveKey(KEY, 'aes-siv', 64), Buffer.from('ddc1:siv:k-1'));
  expect(one).toBe(`ddc1:siv:k-1:${Buffer.from(cipher.encrypt(Buffer.from('same'))).toString('base64url')}`);
});

describe('FF1', () => {
  test('agrees with NIST (SP 800-38G, sample 7) and gives the text back', async () => {
    expect(await encrypted(texts('0123456789', null, ''), { algorithm: 'FF1' })).toEqual([
      '6657667009',
      null,
      '',
    ]);
    const cipher = ff1Cipher(KEY, '0123456789abcdefghijklmnopqrstuvwxyz');
    expect(cipher.decrypt(cipher.encrypt('0123456789abcdefghi'))).toBe('0123456789abcdefghi');
  });

  test('keeps signs and spaces where they are', async () => {
    const card = '4111-1111 1111-1234';
    const [text] = await encrypted(texts(card), { algorithm: 'ff1' });
    expect(text).toMatch(/^\d{4}-\d{4} \d{4}-\d{4}$/);
    expect(text).not.toBe(card);
    expect(ff1Cipher(KEY, '0123456789').decrypt(text!)).toBe(card);
  });

  test('any text of an alphabet comes back', () => {
    const alphabet = 'abcdefghijklmnopqrstuvwxyzäöü🙂';
    const cipher = ff1Cipher(KEY, alphabet);
    const text = fc.string({
      unit: fc.constantFrom(...Array.from(alphabet), '-'),
      minLength: 12,
      maxLength: 20,
    });
    fc.assert(
      fc.property(
        text.filter((each) => each.replaceAll('-', '').length > 10),
        (each) => {
          expect(cipher.decrypt(cipher.encrypt(each))).toBe(each);
        },
      ),
      { numRuns: runs(50) },
    );
  });

  test.each([
    ['12345', 'column s: a value has fewer than 6 characters of the alphabet'],
    ['Alice 123456', 'column s: a value has letters or digits that the alphabet lacks'],
  ])('refuses %j instead of showing it', async (text, message) => {
    const refused = encrypted(texts(text), { algorithm: 'FF1' });
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.not.toThrow(text);
  });
});

test.each<[string | undefined, Record<string, unknown>, string]>([
  [undefined, {}, 'key: is required: 32 bytes in base64 or in hexadecimal digits'],
  ['c2hvcnQ=', {}, 'key: must be 32 bytes in base64 or in hexadecimal digits; its value is not shown'],
  ['zz'.repeat(32), {}, 'key: must be 32 bytes'],
  [SECRETS.options[0]!.key, { algorithm: 'DES' }, 'algorithm: must be one of AES-256-GCM, AES-SIV, FF1,'],
  [SECRETS.options[0]!.key, { keyId: 'a b' }, 'keyId: must be 1 to 64 letters, digits'],
  [SECRETS.options[0]!.key, { algorithm: 'FF1', keyId: 'a' }, 'keyId: FF1 keeps the format'],
  [SECRETS.options[0]!.key, { algorithm: 'FF1', alphabet: 'aa' }, 'alphabet: must be 2 to 65536 different'],
  [SECRETS.options[0]!.key, { alphabet: 'ab' }, 'alphabet: is for algorithm FF1 only'],
])('refuses the key %j with %j before a byte is written', async (key, options, part) => {
  const secrets = { options: [key === undefined ? {} : { key }] as Record<string, string>[], seed: '' };
  const encrypt = action('EncryptColumns', ['s'], options, key === undefined ? undefined : ['key']);
  const { code, message } = await failure(transform(engine, R, [encrypt], false, { secrets }));
  expect(code).toBe('InvalidOption');
  expect(message).toContain(`spec.transformation[0].options.${part}`);
  if (key !== undefined) expect(message).not.toContain(key);
});

test('keys are read in every spelling', () => {
  for (const text of [
    KEY.toString('hex'),
    KEY.toString('hex').toUpperCase(),
    KEY.toString('base64'),
    `${KEY.toString('base64url')}\n`,
  ])
    expect(parseKey(text)).toEqual(KEY);
});
