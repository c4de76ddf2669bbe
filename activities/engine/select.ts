import type { Transformation } from '../../workflows/contract.ts';
import { TransferError } from '../failures.ts';
import type { Column } from '../formats/format.ts';
import { NO_SECRETS, type TransformSecrets } from '../transforms/secrets.ts';
import { identityOf, parseSteps } from '../transforms/steps.ts';
import type { Effect, RowIdentity, Transform, TransformColumn } from '../transforms/transform.ts';
import { identifier, literal, type Engine } from './engine.ts';
import { rowOfNulls } from './expressions.ts';
import { rowColumns, textColumns } from './hidden-columns.ts';
import { refuseColumns, refuseNoChanges } from './source-columns.ts';
import { transformContext } from './transform-context.ts';

/** What all transformations of a transfer do, compiled once; plain JSON, part of the plan. */
export interface CompiledSelect {
  source: TransformColumn[];
  /** One per transformation, in order. */
  layers: SelectLayer[];
  /** What comes out, in order. */
  columns: TransformColumn[];
  warnings: string[];
  rowIdentity: RowIdentity;
}

/** SELECT columns FROM (what came before) WHERE where. */
interface SelectLayer {
  columns: SelectColumn[];
  where?: string;
}

interface SelectColumn {
  name: string;
  /** Expression over the columns of the layer before; absent = carried over unchanged. */
  sql?: string;
}

/** What a transfer's transformations may need besides their options. */
export interface SelectContext {
  /** Rows are changes; see TransformContext. */
  changeData?: boolean;
  secrets?: TransformSecrets;
}

/**
 * Compiles a transfer's transformations against the source's columns. Fatal TransferErrors name the place in the
 * resource; the engine has checked every expression against the columns' types, so that a chunk can only fail
 * on its data. The engine must have the secrets, too.
 */
export async function compileSelect(
  source: { columns: readonly Column[] },
  transformations: readonly Transformation[],
  transforms: readonly Transform[],
  engine: Engine,
  { changeData = false, secrets = NO_SECRETS }: SelectContext = {},
): Promise<CompiledSelect> {
  refuseColumns(source.columns);
  if (changeData) refuseNoChanges(source.columns);
  const layers: SelectLayer[] = [];
  const warnings: string[] = [];
  const input = source.columns.map(({ name, type }) => ({ name, type }));
  let relation: TransformColumn[] = input;
  const steps = parseSteps(transformations, transforms, secrets);
  for (const [index, { transform, options, path, columns }] of steps.entries()) {
    const context = transformContext({ path, index, changeData }, rowColumns(input), engine);
    const effect = await transform.effect(relation, columns, options, context);
    warnings.push(...(effect.warnings ?? []));
    layers.push(layerOf(relation, effect));
    relation = relationAfter(relation, effect);
    if (relation.length === 0)
      throw new TransferError(
        'InvalidOption',
        `${path}.columns: nothing would be left; keep at least one column`,
      );
  }
  const compiled = { source: input, layers, columns: relation, warnings, rowIdentity: identityOf(steps) };
  // The engine's word on the result types, rather than what the transformations declare.
  const noRows = { relation: rowOfNulls(input), rowIdentity: { object: '', first: 0 } };
  const columns = await engine.columns(renderSelect(compiled, noRows, false));
  return { ...compiled, columns };
}

/** Whether chunks must know the number of their first row in the object. */
export function needsRowNumbers(
  transformations: readonly Transformation[],
  transforms: readonly Transform[],
  secrets: TransformSecrets,
): boolean {
  return identityOf(parseSteps(transformations, transforms, secrets)) === 'numbered';
}

/** A chunk in the engine; see FetchedChunk. */
export interface SelectSource {
  relation: string;
  textRelation?: string;
  /**
   * What the chunk's rows are known by: an object and the number of the first row. Where rows need no number in the
   * object (CompiledSelect.rowIdentity), any text that no other chunk has, and any number.
   */
  rowIdentity?: { object: string; first: number };
}

/**
 * The SELECT for one chunk. For a text target whose source is text too (`textRelation`), columns that no
 * transformation touches repeat the source's text exactly, while conditions and expressions see typed values.
 */
export function renderSelect(compiled: CompiledSelect, fetched: SelectSource, textTarget: boolean): string {
  const { source, layers } = compiled;
  const { textRelation } = fetched;
  const text = textTarget && textRelation !== undefined ? textColumns(source) : new Map<string, string>();
  const row = rowExpressions(compiled, fetched);
  let sql = select(
    [...source.flatMap((column) => sourceColumn(column, text.get(column.name))), ...row.defined],
    text.size > 0 ? textRelation! : fetched.relation,
  );
  for (const layer of layers) {
    for (const column of layer.columns) if (column.sql !== undefined) text.delete(column.name);
    const texts = layer.columns.flatMap(({ name }) => text.get(name) ?? []).map(identifier);
    sql = select([...layer.columns.map(expression), ...texts, ...row.carried], nest(sql), layer.where);
  }
  if (text.size === 0 && row.carried.length === 0) return sql;
  return select(
    compiled.columns.map(({ name }) =>
      text.has(name) ? `${identifier(text.get(name)!)} AS ${identifier(name)}` : identifier(name),
    ),
    nest(sql),
  );
}

/** A column of the source, or where it comes as text, the text and the value. */
function sourceColumn({ name, type }: TransformColumn, text: string | undefined): string[] {
  if (text === undefined) return [identifier(name)];
  return [
    `${identifier(name)} AS ${identifier(text)}`,
    `CAST(${identifier(name)} AS ${type}) AS ${identifier(name)}`,
  ];
}

/** Expressions over the source that tell rows apart, and the names by which they are carried on. */
function rowExpressions(
  compiled: CompiledSelect,
  { rowIdentity }: SelectSource,
): { defined: string[]; carried: string[] } {
  if (compiled.rowIdentity === 'none') return { defined: [], carried: [] };
  if (rowIdentity === undefined)
    throw new TransferError('Internal', 'the transformations need to tell rows apart, but nothing does');
  const names = rowColumns(compiled.source);
  const carried = [identifier(names.object), identifier(names.number)];
  const number = `CAST(${rowIdentity.first} - 1 + row_number() OVER () AS BIGINT)`;
  return {
    defined: [`${literal(rowIdentity.object)} AS ${carried[0]}`, `${number} AS ${carried[1]}`],
    carried,
  };
}

function select(expressions: readonly string[], from: string, where?: string): string {
  return `SELECT ${expressions.join(', ')} FROM ${from}${where === undefined ? '' : ` WHERE ${where}`}`;
}

function nest(sql: string): string {
  return `(${sql})`;
}

function expression({ name, sql }: SelectColumn): string {
  return sql === undefined ? identifier(name) : `${sql} AS ${identifier(name)}`;
}

function layerOf(relation: readonly TransformColumn[], effect: Effect): SelectLayer {
  const columns = kept(relation, effect).map(({ name }) => {
    const sql = replacement(effect, name)?.sql;
    return sql === undefined ? { name } : { name, sql };
  });
  return effect.where === undefined ? { columns } : { columns, where: effect.where };
}

function relationAfter(relation: readonly TransformColumn[], effect: Effect): TransformColumn[] {
  return kept(relation, effect).map(({ name, type }) => ({
    name,
    type: replacement(effect, name)?.type ?? type,
  }));
}

function kept(relation: readonly TransformColumn[], effect: Effect): TransformColumn[] {
  return relation.filter((column) => !effect.remove?.includes(column.name));
}

function replacement(effect: Effect, name: string): { sql: string; type: string } | undefined {
  // A column may be called `constructor`.
  return effect.replace !== undefined && Object.hasOwn(effect.replace, name)
    ? effect.replace[name]
    : undefined;
}
