import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openEngine, type TestEngine } from '../support/engine.ts';
import { action, failure, R, table, transform } from '../support/transform.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(() => engine.close());

const message = async (promise: Promise<unknown>): Promise<string> => (await failure(promise)).message;

const values = (rows: Record<string, unknown>[], column: string): unknown[] => rows.map((row) => row[column]);

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz';
const ROTATIONS = [0, 1, 2].map((shift) => ALPHABET.slice(shift) + ALPHABET.slice(0, shift));
const LETTERS = table(
  { s: 'VARCHAR' },
  ROTATIONS.map((text) => [`'${text}'`]),
);

describe('RemoveColumns', () => {
  test('removes i from R', async () => {
    const { columns, rows } = await transform(engine, R, [action('RemoveColumns', ['i'])]);
    expect(columns.map((column) => column.name)).toEqual(['s', 'd']);
    expect(rows).toHaveLength(3);
  });

  test('refuses to remove every column', async () => {
    const all = [action('RemoveColumns', ['i']), action('RemoveColumns', ['s', 'd'])];
    expect(await message(transform(engine, R, all))).toBe(
      'spec.transformation[1].columns: nothing would be left; keep at least one column',
    );
  });

  test('warns about a column that is not there, once per name', async () => {
    const { columns, warnings } = await transform(engine, R, [action('RemoveColumns', ['x', 'i'])]);
    expect(columns.map((column) => column.name)).toEqual(['s', 'd']);
    expect(warnings).toEqual([
      'spec.transformation[0].columns: column "x" does not exist in the source, nothing to do. Columns: i, s, d',
    ]);
  });
});

describe('RedactColumns', () => {
  test('replaces s of R by the default text', async () => {
    const { columns, rows } = await transform(engine, R, [action('RedactColumns', ['s'])]);
    expect(values(rows, 's')).toEqual(['XXXXXXXXXX', 'XXXXXXXXXX', 'XXXXXXXXXX']);
    expect(columns[1]).toEqual({ name: 's', type: 'VARCHAR' });
  });

  test('makes a string of any type and hides nulls', async () => {
    const source = table({ n: 'INTEGER' }, [['1'], ['NULL']]);
    const { columns, rows } = await transform(engine, source, [action('RedactColumns', ['n'])]);
    expect(columns).toEqual([{ name: 'n', type: 'VARCHAR' }]);
    expect(values(rows, 'n')).toEqual(['XXXXXXXXXX', 'XXXXXXXXXX']);
  });

  test.each([
    ['XXXXX', 'XXXXX'],
    ['', ''],
    ["'); DROP TABLE t; --", "'); DROP TABLE t; --"],
    [0, '0'],
    [1.5, '1.5'],
  ])('takes %j as redactValue', async (redactValue, expected) => {
    const { rows } = await transform(engine, R, [action('RedactColumns', ['s'], { redactValue })]);
    expect(values(rows, 's')).toEqual([expected, expected, expected]);
  });

  test.each([[true], [null], [['x']], ['a\0b'], ['\uD800']])(
    'refuses %j as redactValue',
    async (redactValue) => {
      const refused = transform(engine, R, [action('RedactColumns', ['s'], { redactValue })]);
      expect(await message(refused)).toMatch(
        /^spec\.transformation\[0\]\.options\.redactValue: must be a text without NUL characters, not /,
      );
    },
  );

  test('suggests the column that was meant', async () => {
    const source = table({ nameOrig: 'VARCHAR', amount: 'DOUBLE' }, []);
    expect(await message(transform(engine, source, [action('RedactColumns', ['nameOrg'])]))).toBe(
      'spec.transformation[0].columns: column "nameOrg" does not exist in the source; did you mean "nameOrig"? Columns: nameOrig, amount',
    );
  });

  test('lists only so many columns', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `c${index}`);
    const source = table(Object.fromEntries(names.map((name) => [name, 'INTEGER'])), []);
    expect(await message(transform(engine, source, [action('RedactColumns', ['elsewhere'])]))).toMatch(
      /exist in the source\. Columns: c0, c1, .*, c19, \.\.\. \(10 more\)$/,
    );
  });
});

describe('DigestColumns', () => {
  test.each([
    [
      'md5',
      [
        'c3fcd3d76192e4007dfb496cca67e13b',
        '07694ef19cf359bfd74556dc0cc7956d',
        '8dda2bba265b7478676bf9526e79c91c',
      ],
    ],
    [
      'sha1',
      [
        '32d10c7b8cf96570ca04ce37f2a19d84240d3a89',
        '03d630bd344c60bca6b4e1e96237f371a52fc462',
        '29216e59de907aab9a587c3424f393e6912baed2',
      ],
    ],
  ])('%s of the three alphabets', async (algo, expected) => {
    const { rows } = await transform(engine, LETTERS, [action('DigestColumns', ['s'], { algo })]);
    expect(values(rows, 's')).toEqual(expected);
  });

  test('sha2 is SHA-512', async () => {
    const { rows } = await transform(engine, LETTERS, [action('DigestColumns', ['s'], { algo: 'sha2' })]);
    expect(values(rows, 's')).toEqual([
      expect.stringMatching(/^4dbff86cc2ca[0-9a-f]{116}$/),
      expect.stringMatching(/^6cf15b5b147e[0-9a-f]{116}$/),
      expect.stringMatching(/^5d63cd2920fd[0-9a-f]{116}$/),
    ]);
  });

  test('is md5 by default', async () => {
    const { rows } = await transform(engine, R, [action('DigestColumns', ['s'])]);
    expect(values(rows, 's')).toEqual(['a', 'b', 'c'].map((text) => hex('md5', text)));
  });

  test.each(['md5', 'sha1', 'sha256', 'sha512', 'SHA256'])(
    '%s agrees with Node on all kinds of text',
    async (algo) => {
      const texts = ['', 'a', 'exactly 12 b', 'more than twelve bytes', 'é価格🙂', "line\nbreak'"];
      const source = table(
        { s: 'VARCHAR' },
        texts.map((text) => [`'${text.replaceAll("'", "''")}'`]),
      );
      const { rows } = await transform(engine, source, [action('DigestColumns', ['s'], { algo })]);
      expect(values(rows, 's')).toEqual(texts.map((text) => hex(algo.toLowerCase(), text)));
    },
  );

  test('keeps nulls among more rows than one vector holds', async () => {
    const source = {
      columns: [{ name: 's', type: 'VARCHAR', nullable: true }],
      relation: "(SELECT CASE WHEN i % 3 = 0 THEN NULL ELSE 'account-' || i END AS s FROM range(5000) r(i))",
    };
    const { rows } = await transform(engine, source, [action('DigestColumns', ['s'], { algo: 'sha512' })]);
    expect(values(rows, 's')).toEqual(
      Array.from({ length: 5000 }, (_, i) => (i % 3 === 0 ? null : hex('sha512', `account-${i}`))),
    );
  });

  test('of a number is that of its text, as a string', async () => {
    const { columns, rows } = await transform(engine, R, [action('DigestColumns', ['i'])]);
    expect(columns[0]).toEqual({ name: 'i', type: 'VARCHAR' });
    expect(values(rows, 'i')).toEqual(['1', '2', '3'].map((text) => hex('md5', text)));
  });

  test.each(['md5', 'sha1', 'sha256', 'sha512'])(
    '%s of binary values is that of their bytes',
    async (algo) => {
      const source = table({ b: 'BLOB' }, [[String.raw`'\x00\xFF\x80'`], ['NULL']]);
      const { rows } = await transform(engine, source, [action('DigestColumns', ['b'], { algo })]);
      expect(values(rows, 'b')).toEqual([hex(algo, Buffer.from([0x00, 0xff, 0x80])), null]);
    },
  );

  test('refuses an algorithm it does not know, in the words of old', async () => {
    const refused = transform(engine, R, [
      action('RemoveColumns', ['d']),
      action('DigestColumns', ['s'], { algo: 'md5000' }),
    ]);
    expect(await message(refused)).toBe(
      "spec.transformation[1].options.algo: Algorithm 'md5000' is not supported! Supported: md5, sha1, sha256, sha512, sha2, crc32, murmur3, murmur32, xxhash32, xxhash64",
    );
  });
});

describe('FilterRows', () => {
  test('keeps the rows of R with i == 1', async () => {
    const { rows } = await transform(engine, R, [action('FilterRows', [], { clause: 'i == 1' })]);
    expect(rows).toEqual([{ i: 1, s: 'a', d: 1 }]);
  });

  test('reaches into the structs of change data', async () => {
    const change = table({ key: 'STRUCT(i INTEGER)', value: 'STRUCT(i INTEGER, s VARCHAR)' }, [
      ['{i: 1}', "{i: 1, s: 'a'}"],
      ['{i: 2}', "{i: 2, s: 'b'}"],
    ]);
    const { rows } = await transform(engine, change, [action('FilterRows', [], { clause: 'key.i == 1' })]);
    expect(rows).toHaveLength(1);
  });

  test.each([{}, { clause: '' }, { clause: ' \n' }])('needs a clause: %j', async (options) => {
    const error = await failure(transform(engine, R, [action('FilterRows', [], options)]));
    expect(error).toMatchObject({
      code: 'InvalidOption',
      message: "spec.transformation[0].options.clause: No 'clause' specified for filterrows transformation!",
    });
  });

  test('says that columns are not needed', async () => {
    const { warnings } = await transform(engine, R, [action('FilterRows', ['i'], { clause: 'i = 1' })]);
    expect(warnings).toEqual([
      'spec.transformation[0].columns: FilterRows needs no columns; the clause names them',
    ]);
  });
});

describe('several transformations', () => {
  test('work one after the other, each on what the one before left', async () => {
    const { columns, rows } = await transform(engine, R, [
      action('FilterRows', [], { clause: 'd >= 2' }),
      action('RedactColumns', ['d'], { redactValue: 'R' }),
      action('FilterRows', [], { clause: "d = 'R' AND i = 3" }),
      action('DigestColumns', ['s', 'd']),
      action('RemoveColumns', ['i']),
    ]);
    expect(columns).toEqual([
      { name: 's', type: 'VARCHAR' },
      { name: 'd', type: 'VARCHAR' },
    ]);
    expect(rows).toEqual([{ s: hex('md5', 'c'), d: hex('md5', 'R') }]);
  });

  test('cannot name a column that an earlier one removed', async () => {
    const removed = [action('RemoveColumns', ['s']), action('FilterRows', [], { clause: "s = 'a'" })];
    expect(await message(transform(engine, R, removed))).toBe(
      'spec.transformation[1].options.clause: column "s" does not exist in the source. Columns: i, d',
    );
  });

  test('an action that does not exist is refused', async () => {
    const error = await failure(transform(engine, R, [action('RandomAction')]));
    expect(error).toMatchObject({
      code: 'Unsupported',
      message:
        "spec.transformation[0].action: 'RandomAction' is not supported! Supported: RemoveColumns, RedactColumns, DigestColumns, EncryptColumns, FilterRows, SampleRows",
    });
  });
});

function hex(algorithm: string, data: string | Buffer): string {
  return createHash(algorithm).update(data).digest('hex');
}
