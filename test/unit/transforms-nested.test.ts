import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decryptEnvelope } from '../../activities/transforms/encryption/decrypt.ts';
import { openEngine, type TestEngine } from '../support/engine.ts';
import { action, failure, R, table, transform, type Table } from '../support/transform.ts';

const KEY = Buffer.alloc(32, 7);
const SECRETS = { options: [{ key: KEY.toString('hex') }], seed: 'seed' };
let engine: TestEngine;
beforeAll(async () => {
  engine = await openEngine(SECRETS);
});
afterAll(() => engine.close());

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

const CUSTOMERS = table(
  {
    id: 'INTEGER',
    customer: 'STRUCT("e mail" VARCHAR, "Name" STRUCT("first" VARCHAR, "last" VARCHAR), n INTEGER)',
    items: 'STRUCT(owner VARCHAR, tags STRUCT(t VARCHAR)[])[]',
  },
  [
    [
      '1',
      "{'e mail': 'a@b.de', 'Name': {'first': 'Anna', 'last': NULL}, n: 1}",
      "[{owner: 'x', tags: [{t: 'p'}, NULL]}, NULL, {owner: NULL, tags: NULL}]",
    ],
    ['2', "{'e mail': NULL, 'Name': NULL, n: 2}", '[]'],
    ['3', 'NULL', 'NULL'],
  ],
);

async function apply(
  name: string,
  columns: string[],
  options: Record<string, unknown> = {},
  source: Table = CUSTOMERS,
): Promise<Record<string, unknown>[]> {
  const { rows } = await transform(engine, source, [action(name, columns, options)]);
  return rows;
}

describe('a path', () => {
  test('leads to a field of a struct; null structs stay null', async () => {
    const rows = await apply('DigestColumns', ['customer.e mail', 'customer.Name.first']);
    expect(rows.map(({ customer }) => customer)).toEqual([
      { 'e mail': md5('a@b.de'), Name: { first: md5('Anna'), last: null }, n: 1 },
      { 'e mail': null, Name: null, n: 2 },
      null,
    ]);
    expect(rows.map(({ items }) => items)).toEqual(
      (await apply('RemoveColumns', ['id'])).map(({ items }) => items),
    );
  });

  test('is found in any case', async () => {
    const [row] = await apply('RedactColumns', ['CUSTOMER.NAME.LAST']);
    expect(row).toMatchObject({ customer: { Name: { first: 'Anna', last: 'XXXXXXXXXX' } } });
  });

  test('leads through lists of structs', async () => {
    const rows = await apply('RedactColumns', ['items.owner', 'items.tags.t'], { redactValue: 'R' });
    expect(rows.map(({ items }) => items)).toEqual([
      [{ owner: 'R', tags: [{ t: 'R' }, null] }, null, { owner: 'R', tags: null }],
      [],
      null,
    ]);
  });

  test('removes fields, the order of the others being kept', async () => {
    const removed = [action('RemoveColumns', ['customer.Name', 'items.tags', 'id'])];
    const { rows, columns } = await transform(engine, CUSTOMERS, removed);
    expect(rows[0]).toEqual({
      customer: { 'e mail': 'a@b.de', n: 1 },
      items: [{ owner: 'x' }, null, { owner: null }],
    });
    expect(columns).toEqual([
      { name: 'customer', type: 'STRUCT("e mail" VARCHAR, n INTEGER)' },
      { name: 'items', type: 'STRUCT("owner" VARCHAR)[]' },
    ]);
  });

  test('of something inside of another named value changes nothing', async () => {
    for (const columns of [
      ['customer', 'customer.n'],
      ['customer.n', 'customer', 'customer'],
    ])
      expect((await apply('RedactColumns', columns))[0]).toMatchObject({ customer: 'XXXXXXXXXX' });
  });

  test('is encrypted and redacted at random, every element for itself', async () => {
    const encrypt = action('EncryptColumns', ['customer.e mail', 'items.owner'], {}, ['key']);
    const random = action('RedactColumns', ['l.a', 'l.b'], { redactType: 'random' });
    const { rows } = await transform(engine, CUSTOMERS, [encrypt], false, { secrets: SECRETS });
    const { customer, items } = rows[0] as { customer: { 'e mail': string }; items: { owner: string }[] };
    const keys = { get: () => KEY } as unknown as Map<string, Buffer>;
    expect(decryptEnvelope(customer['e mail'], keys).toString()).toBe('a@b.de');
    expect(decryptEnvelope(items[0]!.owner, keys).toString()).toBe('x');
    const twins = table({ l: 'STRUCT(a VARCHAR, b VARCHAR)[]' }, [
      ["[{a: 'same value', b: 'same value'}, {a: 'same value', b: 'same value'}]"],
    ]);
    const { l } = (await transform(engine, twins, [random])).rows[0] as { l: Record<string, string>[] };
    expect(new Set(l.flatMap((each) => Object.values(each))).size).toBe(4);
  });

  test('gives way to a column of this name, exactly or in another case', async () => {
    const source = table({ 'a.b': 'VARCHAR', a: 'STRUCT(b VARCHAR, B2 VARCHAR)', 'A.b2': 'VARCHAR' }, [
      ["'plain'", "{b: 'in', B2: 'in'}", "'plain'"],
    ]);
    const hidden = 'XXXXXXXXXX';
    expect(await apply('RedactColumns', ['a.b'], {}, source)).toEqual([
      { 'a.b': hidden, a: { b: 'in', B2: 'in' }, 'A.b2': 'plain' },
    ]);
    expect(await apply('RedactColumns', ['a.B2'], {}, source)).toEqual([
      { 'a.b': 'plain', a: { b: 'in', B2: hidden }, 'A.b2': 'plain' },
    ]);
    expect(await apply('RedactColumns', ['A.B2'], {}, source)).toEqual([
      { 'a.b': 'plain', a: { b: 'in', B2: 'in' }, 'A.b2': hidden },
    ]);
  });

  test.each<[string, string, string]>([
    ['customer.phone', 'UnknownColumn', 'column "customer.phone" does not exist in the source'],
    ['id.x', 'UnknownColumn', 'column "id.x" does not exist in the source'],
    ['m.x', 'InvalidOption', 'm.x: "m" is a map, whose values have no paths; name the whole column'],
  ])('%s is refused', async (name, code, message) => {
    const source = {
      columns: [...CUSTOMERS.columns, { name: 'm', type: 'MAP(VARCHAR, VARCHAR)', nullable: true }],
      relation: '(SELECT 1)',
    };
    const error = await failure(apply('RedactColumns', [name], {}, source));
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });

  test('all fields of a struct cannot be removed', async () => {
    const refused = apply('RemoveColumns', ['customer.Name.first', 'customer.Name.last']);
    expect((await failure(refused)).message).toContain('no field would be left');
  });
});

describe('a column that does not exist', () => {
  test.each<[string, Record<string, unknown>, string[]]>([
    ['RedactColumns', {}, []],
    ['DigestColumns', {}, []],
    ['EncryptColumns', {}, ['key']],
    ['RemoveColumns', { onMissingColumn: 'fail' }, []],
  ])('%s %j: is fatal, unless it is to be ignored', async (name, options, secretOptions) => {
    const given = (more: object) => action(name, ['x', 's'], { ...options, ...more }, secretOptions);
    const run = (more: object = {}) => transform(engine, R, [given(more)], false, { secrets: SECRETS });
    expect((await failure(run())).code).toBe('UnknownColumn');
    const { warnings, rows } = await run({ onMissingColumn: 'Ignore' });
    expect(warnings).toEqual([
      'spec.transformation[0].columns: column "x" does not exist in the source, nothing to do. Columns: i, s, d',
    ]);
    expect(rows[0]!['s']).not.toBe('a');
  });
});

describe('change data', () => {
  const CHANGES = table(
    {
      key: 'STRUCT(i INTEGER, s VARCHAR)',
      value: 'STRUCT(i INTEGER, s VARCHAR, d DOUBLE)',
      offset: 'BIGINT',
    },
    [
      ["{i: 1, s: 'a'}", "{i: 1, s: 'a', d: 1.5}", '7'],
      ["{i: 2, s: 'b'}", 'NULL', '8'],
    ],
  );
  const change = (transformation: ReturnType<typeof action>, source = CHANGES) =>
    transform(engine, source, [transformation], false, { changeData: true });

  test('16: Remove s leaves key[i], value[i,d]', async () => {
    const { rows } = await change(action('RemoveColumns', ['s']));
    expect(rows).toEqual([
      { key: { i: 1 }, value: { i: 1, d: 1.5 }, offset: 7n },
      { key: { i: 2 }, value: null, offset: 8n },
    ]);
  });

  test('a name is one of key and of value; a column beside them, or a path, where they have none', async () => {
    const { rows } = await change(action('RedactColumns', ['S', 'd', 'offset'], { redactValue: 'R' }));
    expect(rows).toEqual([
      { key: { i: 1, s: 'R' }, value: { i: 1, s: 'R', d: 'R' }, offset: 'R' },
      { key: { i: 2, s: 'R' }, value: null, offset: 'R' },
    ]);
    const path = await change(action('RedactColumns', ['value.s'], { redactValue: 'R' }));
    expect(path.rows[0]).toMatchObject({ key: { s: 'a' }, value: { s: 'R' } });
  });

  test('10: digests key and value alike', async () => {
    const { rows } = await change(action('DigestColumns', ['s']));
    expect(rows[0]).toMatchObject({ key: { s: md5('a') }, value: { s: md5('a') } });
  });

  test('17: filters by key.i and value.d', async () => {
    expect((await change(action('FilterRows', [], { clause: 'key.i == 1' }))).rows).toHaveLength(1);
    expect((await change(action('FilterRows', [], { clause: 'value.d IS NULL' }))).rows).toHaveLength(1);
  });

  test('needs columns key and value', async () => {
    const { code, message } = await failure(change(action('RemoveColumns', ['s']), R));
    expect(code).toBe('MalformedData');
    expect(message).toContain('it needs columns "key" and "value" with fields. Columns: i, s, d');
  });
});
