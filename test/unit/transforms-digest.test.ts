import { createHash, createHmac } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { openEngine, type TestEngine } from '../support/engine.ts';
import { runs } from '../support/runs.ts';
import { action, failure, R, table, transform, type Table } from '../support/transform.ts';

const SECRETS = { options: [{ key: 'the key é', salt: "sa'lt" }], seed: 'seed' };
let engine: TestEngine;
beforeAll(async () => {
  engine = await openEngine(SECRETS);
});
afterAll(() => engine.close());

async function digests(source: Table, options: object, secret?: string[]): Promise<unknown[]> {
  const digest = action('DigestColumns', ['s'], { ...options }, secret);
  const { rows } = await transform(engine, source, [digest], false, { secrets: SECRETS });
  return rows.map(({ s }) => s);
}

const texts = (...values: (string | null)[]): Table =>
  table(
    { s: 'VARCHAR' },
    values.map((value) => [value === null ? 'NULL' : `'${value.replaceAll("'", "''")}'`]),
  );
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz';
const LETTERS = texts(...[0, 1, 2].map((shift) => ALPHABET.slice(shift) + ALPHABET.slice(0, shift)));

describe('known digests', () => {
  test.each([
    ['crc32', [1277644989n, 2558221405n, 305700432n]],
    ['murmur3', [-1990933474, 108557723, 2056360226]],
  ])('%s of the three alphabets', async (algo, expected) => {
    expect((await digests(LETTERS, { algo })).map(String)).toEqual(expected.map(String));
  });

  test('crc32 is a bigint, murmur3 an int', async () => {
    for (const [algo, type] of [
      ['crc32', 'BIGINT'],
      ['murmur3', 'INTEGER'],
    ]) {
      const { columns } = await transform(engine, LETTERS, [action('DigestColumns', ['s'], { algo })]);
      expect(columns).toEqual([{ name: 's', type }]);
    }
  });

  test.each([
    // The reference implementations' own values.
    ['murmur32', '', '00000000'],
    ['murmur32', 'hello', '248bfa47'],
    ['murmur32', 'hello, world', '149bbb7f'],
    ['murmur32', 'The quick brown fox jumps over the lazy dog', '2e4ff723'],
    ['xxhash32', '', '02cc5d05'],
    ['xxhash32', 'a', '550d7456'],
    ['xxhash32', 'abc', '32d153ff'],
    ['xxhash64', '', 'ef46db3751d8e999'],
    ['xxhash64', 'a', 'd24ec4f1a98c6e5b'],
    ['xxhash64', 'abc', '44bc2cf5ad770999'],
    ['murmur3', '', 142593372],
  ])('%s of %j', async (algo, text, expected) => {
    expect(await digests(texts(text), { algo })).toEqual([expected]);
  });

  test('a null stays null, but murmur3 makes it 42', async () => {
    for (const algo of ['md5', 'sha512', 'crc32', 'murmur32', 'xxhash32', 'xxhash64'])
      expect(await digests(texts(null), { algo })).toEqual([null]);
    expect(await digests(texts(null, 'a'), { algo: 'MURMUR3' })).toEqual([42, expect.any(Number)]);
  });
});

const NODE: Record<string, (data: Buffer) => unknown> = {
  md5: (data) => createHash('md5').update(data).digest('hex'),
  sha1: (data) => createHash('sha1').update(data).digest('hex'),
  sha256: (data) => createHash('sha256').update(data).digest('hex'),
  sha512: (data) => createHash('sha512').update(data).digest('hex'),
  crc32: (data) => BigInt(crc32(data)),
};

test.each(Object.keys(NODE))(
  '%s agrees with Node on values of all lengths, nulls among them',
  async (algo) => {
    const value = fc.option(fc.string({ unit: 'binary', maxLength: 60 }).filter(isPlain));
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 30 }), async (values) => {
        const expected = values.map((text) => (text === null ? null : NODE[algo]!(Buffer.from(text))));
        const actual = await digests(texts(...values), { algo });
        expect(actual.map(String)).toEqual(expected.map(String));
      }),
      { numRuns: runs(40) },
    );
  },
);

test('values are told apart among more rows than one vector holds', async () => {
  const value = "CASE WHEN i % 3 = 0 THEN NULL ELSE repeat('é', (i % 40)::INT) || i END";
  const source = {
    columns: [{ name: 's', type: 'VARCHAR', nullable: true }],
    relation: `(SELECT ${value} AS s FROM range(6000) r(i))`,
  };
  expect(await digests(source, { algo: 'sha512' })).toEqual(
    Array.from({ length: 6000 }, (_, i) =>
      i % 3 === 0 ? null : NODE['sha512']!(Buffer.from('é'.repeat(i % 40) + i)),
    ),
  );
});

describe('salt and key', () => {
  const salt = "sa'lt";
  const key = 'the key é';

  test.each(['md5', 'sha1', 'sha256', 'sha512'])('%s with a salt in front', async (algo) => {
    const expected = ['a', 'more than twelve bytes'].map((text) => NODE[algo]!(Buffer.from(salt + text)));
    const source = texts('a', 'more than twelve bytes', null);
    expect(await digests(source, { algo }, ['salt'])).toEqual([...expected, null]);
  });

  test.each(['sha1', 'sha256', 'sha512'])('%s with a key is HMAC', async (algo) => {
    const hmac = (text: string) => createHmac(algo, key).update(text).digest('hex');
    expect(await digests(texts('a', null, 'é'), { algo }, ['key'])).toEqual([hmac('a'), null, hmac('é')]);
    expect(await digests(texts('a'), { algo }, ['key', 'salt'])).toEqual([hmac(`${salt}a`)]);
  });

  test.each([
    [
      'md5',
      ['key'],
      'spec.transformation[0].options.key: is for sha1, sha256 and sha512 only, not for md5; remove it',
    ],
    [
      'sha256',
      ['pepper'],
      'spec.transformation[0].options.pepper: unknown option; DigestColumns knows: algo, salt,',
    ],
  ])('%s refuses %j', async (algo, names, message) => {
    expect((await failure(digests(R, { algo }, names))).message).toContain(message);
  });

  test('a secret that is no text is refused, not left out', async () => {
    const refused = transform(engine, R, [action('DigestColumns', ['s'], {}, ['salt'])]);
    expect((await failure(refused)).message).toBe('spec.transformation[0].options.salt: must be a text');
  });
});

function isPlain(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}
