import type { Engine } from '../../activities/engine/engine.ts';
import { action, table, transform } from './transform.ts';

/** A table with a column of every kind that clauses meet. */
const SOURCE = table(
  {
    i: 'BIGINT',
    s: 'VARCHAR',
    d: 'DOUBLE',
    n: 'DECIMAL(10,2)',
    b: 'BOOLEAN',
    day: 'DATE',
    ts: 'TIMESTAMP',
    key: 'STRUCT(id INTEGER, "in ner" STRUCT(x VARCHAR))',
    'odd name': 'INTEGER',
    select: 'INTEGER',
    l: 'INTEGER[]',
  },
  [
    row(
      '1',
      "'Alice'",
      '1.5',
      '10.00',
      'true',
      "'2020-01-15'",
      "'2020-01-15 10:30:00'",
      "{id: 1, 'in ner': {x: 'p'}}",
      '7',
    ),
    row(
      '2',
      "'bob'",
      '0',
      '-2.50',
      'false',
      "'2021-06-30'",
      "'2021-06-30 00:00:00'",
      "{id: 2, 'in ner': {x: 'q'}}",
      '8',
    ),
    row('3', "'a_b%\n'", '-1e10', '0.00', 'NULL', "'1999-12-31'", "'1999-12-31 23:59:59'", 'NULL', '9'),
    row('4', 'NULL', 'NULL', 'NULL', 'NULL', 'NULL', 'NULL', 'NULL', 'NULL'),
    row(
      '9007199254740993',
      "'it''s'",
      '3',
      '99.99',
      'true',
      "'2020-02-29'",
      "'2020-02-29 12:00:00'",
      'NULL',
      '0',
    ),
  ],
);

function row(...values: string[]): string[] {
  return [...values, '1', '[1, 2]'];
}

/** Which rows of SOURCE a clause keeps, numbered from 1; and its warnings. */
export async function keptRows(
  engine: Engine,
  clause: string,
): Promise<{ rows: number[]; warnings: string[] }> {
  const { rows, warnings } = await transform(engine, SOURCE, [action('FilterRows', [], { clause })]);
  return { rows: rows.map(({ i }) => Math.min(Number(i), 5)), warnings };
}
