import type { Transformation } from '../../workflows/contract.ts';
import { TransferError } from '../../activities/failures.ts';
import type { Engine } from '../../activities/engine/engine.ts';
import { compileSelect, renderSelect, type SelectContext } from '../../activities/engine/select.ts';
import type { Column } from '../../activities/formats/format.ts';
import { TRANSFORMS as ALL } from '../../activities/transforms/all.ts';
import type { Transform, TransformColumn } from '../../activities/transforms/transform.ts';

export const TRANSFORMS: readonly Transform[] = ALL;

/** A small relation in SQL. */
export interface Table {
  columns: Column[];
  relation: string;
  /** The same rows as text. */
  textRelation?: string;
  /** The object that the rows come from, and the number of the first. */
  rowIdentity?: { object: string; first: number };
}

/** A table of columns (name -> type) and rows of SQL literals. */
export function table(types: Record<string, string>, rows: readonly string[][]): Table {
  const columns = Object.entries(types).map(([name, type]) => ({ name, type, nullable: true }));
  return { columns, relation: relation(columns, rows) };
}

/** A table whose rows are given as texts, as a text format has them; null = no value. */
export function textTable(types: Record<string, string>, rows: readonly (string | null)[][]): Table {
  const columns = Object.entries(types).map(([name, type]) => ({ name, type, nullable: true }));
  const literals = rows.map((row) =>
    row.map((text) => (text === null ? 'NULL' : `'${text.replaceAll("'", "''")}'`)),
  );
  const texts = columns.map((column) => ({ ...column, type: 'VARCHAR' }));
  return { columns, relation: relation(columns, literals), textRelation: relation(texts, literals) };
}

function relation(columns: readonly Column[], rows: readonly string[][]): string {
  const select = (values: readonly string[], condition: string): string =>
    `SELECT ${columns
      .map(({ name, type }, index) => `CAST(${values[index]} AS ${type}) AS "${name.replaceAll('"', '""')}"`)
      .join(', ')} WHERE ${condition}`;
  const none = select(
    columns.map(() => 'NULL'),
    'false',
  );
  return `(${[none, ...rows.map((row) => select(row, 'true'))].join(' UNION ALL ')})`;
}

/** The acceptance cases' table R. */
export const R = table({ i: 'INTEGER', s: 'VARCHAR', d: 'DOUBLE' }, [
  ['1', "'a'", '1.0'],
  ['2', "'b'", '2.0'],
  ['3', "'c'", '3.0'],
]);

export interface Outcome {
  columns: TransformColumn[];
  rows: Record<string, unknown>[];
  warnings: string[];
}

/** A transformation as a normalised resource has it. */
export function action(
  name: string,
  columns: string[] = [],
  options: Record<string, unknown> = {},
  secretOptions?: string[],
): Transformation {
  return { action: name, columns, options, ...(secretOptions === undefined ? {} : { secretOptions }) };
}

/** Compiles the transformations, keeps the plan as JSON, and runs it over a table. */
export async function transform(
  engine: Engine,
  source: Table,
  transformations: Transformation[],
  textTarget = false,
  more: SelectContext = {},
): Promise<Outcome> {
  const planned = await compileSelect(source, transformations, TRANSFORMS, engine, more);
  const compiled = structuredClone(planned);
  const chunk = { rowIdentity: { object: 'object@etag', first: 0 }, ...source };
  const rows = await engine.query(renderSelect(compiled, chunk, textTarget));
  return { columns: compiled.columns, rows, warnings: compiled.warnings };
}

/** The TransferError that a promise ends with. */
export async function failure(promise: Promise<unknown>): Promise<TransferError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof TransferError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
