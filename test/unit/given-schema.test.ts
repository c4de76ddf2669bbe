import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { chunkRelation, sourceValues } from '../../activities/batch/chunk-relation.ts';
import { explainMisfit } from '../../activities/batch/explain-misfit.ts';
import { firstMisfit, MISFIT } from '../../activities/batch/fit-values.ts';
import { givenColumns, withGivenSchema } from '../../activities/batch/given-schema.ts';
import { literal } from '../../activities/engine/engine.ts';
import { engineTypeOf } from '../../activities/formats/arrow-names.ts';
import { arrowType } from '../../activities/formats/arrow-types.ts';
import { arrowTypeProblems } from '../../operator/api/checks/arrow-type.ts';
import { csv } from '../../activities/formats/csv/csv.ts';
import { describeSource, MemoryReader, withWorkbench } from '../support/files.ts';
import { runs } from '../support/runs.ts';

const column = (name: string, type: string, nullable = true) => ({ name, type, nullable });

describe('names of types', () => {
  const simple = fc.constantFrom('bool', 'int8', 'uint64', 'double', 'utf8', 'binary', 'date32[day]', 'time64[us]', 'timestamp[ns]', 'timestamp[us, UTC]', 'decimal128(38, 10)', 'fixed_size_binary[16]', 'month_day_nano_interval'); // prettier-ignore
  const { type } = fc.letrec<{ type: string }>((tie) => ({
    type: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      simple,
      tie('type').map((item) => `list<item: ${item}>`),
      fc.tuple(tie('type'), tie('type')).map(([key, value]) => `map<${key}, ${value}>`),
      fc
        .uniqueArray(fc.stringMatching(/^[A-Za-z"' é]+$/), { minLength: 1, maxLength: 3 })
        .chain((names) =>
          fc.tuple(
            fc.constant(names),
            fc.array(tie('type'), { minLength: names.length, maxLength: names.length }),
          ),
        ) // prettier-ignore
        .map(([names, types]) => `struct<${names.map((name, at) => `${name}: ${types[at]}`).join(', ')}>`),
    ),
  }));

  test('every name that the status tells is understood, at apply and by the worker', () => {
    fc.assert(
      fc.property(type, (name) => {
        expect(arrowTypeProblems(name)).toEqual([]);
        expect(arrowType(engineTypeOf(name))).toBe(name);
      }),
      { numRuns: runs(300) },
    );
  });

  test('what one of them refuses the other does, too', () => {
    const damaged = fc
      .tuple(type, fc.nat(60), fc.constantFrom('', '<', '>', ',', ': ', 'x', '[', ')'))
      .map(([name, at, put]) => `${name.slice(0, at)}${put}${name.slice(at + 1)}`);
    fc.assert(
      fc.property(damaged, (name) => {
        let understood = true;
        try {
          engineTypeOf(name);
        } catch {
          understood = false;
        }
        if (arrowTypeProblems(name).length === 0) expect(understood).toBe(true);
      }),
      { numRuns: runs(300) },
    );
  });

  test.each([
    '',
    'integer',
    'int64 ',
    'decimal128(39, 0)',
    'decimal128(5, 6)',
    'timestamp[us, Europe/Berlin]',
    'list<int64',
    'struct<>',
    'map<utf8>',
    `${'list<'.repeat(40)}int8${'>'.repeat(40)}`,
  ])('%j is refused', (name) => {
    const [problem] = arrowTypeProblems(name);
    expect(problem).toContain('is no type that can be given');
  });

  test('a worker that meets one names its place', () => {
    expect(() => givenColumns([column('a', 'int64'), column('b', 'string!')])).toThrow(
      /^spec\.source\.s3\.schema\[1\]\.type: "string!" is not a type that can be given/,
    );
  });
});

describe('given and found', () => {
  const given = [column('a', 'BIGINT'), column('b', 'VARCHAR', false), column('c', 'DATE')];

  test('formats with types must have the same; all differences are told at once', () => {
    const found = [column('d', 'INTEGER[]'), column('b', 'JSON'), column('a', 'INTEGER')];
    expect(() => withGivenSchema(given, found, {}, 's3://b/k')).toThrow(
      'spec.source.s3.schema: s3://b/k is not as expected: missing: "c" (date32[day]); unexpected: "d" (list<item: int32>); of another type: "a" (expected int64, found int32)',
    );
    const right = [column('c', 'DATE'), column('b', 'JSON'), column('a', 'BIGINT')];
    expect(withGivenSchema(given, right, {}, '')).toEqual([
      column('c', 'DATE'),
      column('b', 'JSON', false),
      column('a', 'BIGINT'),
    ]);
  });

  test('text takes the given types; JSON may lack names', () => {
    const found = [column('b', 'VARCHAR'), column('a', 'VARCHAR')];
    expect(() => withGivenSchema(given, found, { inferred: 'types' }, '')).toThrow('missing: "c"');
    expect(withGivenSchema(given, found, { inferred: 'columns' }, '')).toEqual([
      column('b', 'VARCHAR', false),
      column('a', 'BIGINT'),
      column('c', 'DATE'),
    ]);
  });

  test('many differences are counted', () => {
    const many = Array.from({ length: 12 }, (_, index) => column(`c${index}`, 'BIGINT'));
    expect(() => withGivenSchema(many, [column('x', 'BIGINT')], {}, '')).toThrow('and 2 more; unexpected');
  });
});

describe('values and given types', () => {
  test.each([
    ['INTEGER', ['1', '-2147483648', '007', '+5'], ['1.0', '2147483648', '1e3', '', ' 1', 'x']],
    ['UBIGINT', ['18446744073709551615'], ['-1', '18446744073709551616']],
    ['DECIMAL(5,2)', ['1', '1.5', '-999.99', '1.500', '.25'], ['1.555', '1000', '1e2', '1,5', 'NaN']],
    ['DOUBLE', ['0.1', '1e300', '0.300000000000000041', 'nan', '-inf'], ['', 'x', '1e400', '1,5']],
    ['BOOLEAN', ['true', 'FALSE'], ['x', '2']],
    ['DATE', ['2024-02-29', '0001-01-01'], ['2023-02-29', '2024-02-29 10:00:00', '29.02.2024']],
    ['TIME', ['10:00:00', '10:00:00.123456'], ['10:00:00.1234567', '25:00:00']],
    ['TIMESTAMP', ['2024-02-29 10:00:00.123456', '2024-02-29T10:00'], ['2024-02-29 10:00:00Z', '2024-02-29 10:00:00.1234567']], // prettier-ignore
    ['TIMESTAMP_S', ['2024-02-29 10:00:01'], ['2024-02-29 10:00:01.5']],
    ['TIMESTAMP WITH TIME ZONE', ['2024-02-29 10:00:00+02', '2024-02-29T10:00:00Z'], ['2024-02-29 10:00:00', '2024-02-29']], // prettier-ignore
    ['UUID', ['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'], ['a0eebc99']],
    ['INTEGER[]', ['[1, 2]', '[1,2]', '[]', '[NULL]'], ['[1, x]', '[1.5]', '1']],
  ])('text as %s', async (type, right, wrong) => {
    await withWorkbench(async ({ engine }) => {
      const fitsAs = async (text: string): Promise<boolean> => {
        const relation = `(SELECT ${literal(text)} AS x)`;
        const values = sourceValues({ fetched: { relation }, columns: [column('x', 'VARCHAR')] }, [
          column('x', type),
        ]);
        return (await engine.query(firstMisfit(relation, values))).length === 0;
      };
      for (const text of right) expect([text, await fitsAs(text)]).toEqual([text, true]);
      for (const text of wrong) expect([text, await fitsAs(text)]).toEqual([text, false]);
    });
  });

  test('the first value that does not fit is named with its row, never with its text', async () => {
    await withWorkbench(async ({ engine }) => {
      const piece = {
        fetched: { relation: `(VALUES ('1', 0.5), ('2', 1.25), (NULL, 2.0), ('secret', 1e10)) AS t(a, b)` },
        columns: [column('a', 'VARCHAR'), column('b', 'DOUBLE')],
      };
      const source = { location: 's3://b/k', columns: piece.columns, cuts: [0, 1, 2], reading: {} };
      const told = async (index: number, columns: ReturnType<typeof column>[]) => {
        const { relation } = chunkRelation([piece], columns, true);
        const failed: unknown = await engine
          .query(`SELECT * FROM ${relation}`)
          .catch((error: unknown) => error);
        expect(failed).toBeInstanceOf(Error);
        const pieces = [{ object: { key: 'k', etag: 'e', size: 1 }, source, index }];
        return explainMisfit(
          failed as Error,
          { columns, pieces },
          { format: {}, engine, fetched: [{ ...piece, directory: '' }] },
        );
      };
      expect(await told(0, [column('a', 'BIGINT', false), column('b', 'DOUBLE')])).toMatchObject({
        class: 'fatal',
        message:
          's3://b/k: column "a" must be int64 without NULL (spec.source.s3.schema), but row 3 holds NULL',
      });
      expect(await told(1, [column('a', 'BIGINT'), column('b', 'DOUBLE')])).toMatchObject({
        message:
          's3://b/k: column "a" must be int64 (spec.source.s3.schema), but row 4 of chunk 1 holds text of 6 characters',
      });
      expect(await told(0, [column('a', 'VARCHAR'), column('b', 'DECIMAL(4,1)')])).toMatchObject({
        message: expect.stringContaining('column "b" must be decimal128(4, 1)'),
      });
      const fine = chunkRelation([piece], [column('a', 'VARCHAR'), column('b', 'DECIMAL(18,2)')], true);
      expect(await engine.query(`SELECT b::VARCHAR AS b FROM ${fine.relation}`)).toHaveLength(4);
    });
  });

  test('what only the path or another object has must fit, too', async () => {
    await withWorkbench(async ({ engine }) => {
      const piece = {
        fetched: { relation: '(SELECT 1::BIGINT AS id)' },
        columns: [column('id', 'BIGINT')],
        partition: { day: '2024-02-30', n: '7' },
      };
      const read = (...more: ReturnType<typeof column>[]) =>
        engine.query(
          `SELECT * FROM ${chunkRelation([piece], [column('id', 'BIGINT'), ...more], true).relation}`,
        );
      expect(await read(column('n', 'TINYINT', false), column('lacking', 'DATE'))).toEqual([
        { id: 1n, n: 7, lacking: null },
      ]);
      await expect(read(column('day', 'DATE'))).rejects.toThrow(MISFIT);
      await expect(read(column('lacking', 'DATE', false))).rejects.toThrow(MISFIT);
    });
  });

  test('of CSV it is the line, whatever lines and blank lines values hold', async () => {
    const text = 'a,b\n1,"x\ny"\n\n2,z\n\n3,"\n\n"\n4,last';
    await withWorkbench(async (bench) => {
      const reader = new MemoryReader(text);
      const source = { location: reader.location, ...(await describeSource(csv, reader, bench)) };
      await csv.fetch(reader, source, 0, bench.directory);
      const lines = [];
      for (const row of [1, 2, 3, 4]) lines.push(await csv.place!(source, 0, row, bench.directory));
      expect(lines).toEqual(['line 2', 'line 5', 'line 7', 'line 10']);
    });
  });
});
