import type { Transformation } from '../../workflows/contract.ts';
import { TransferError } from '../failures.ts';
import type { Column } from '../formats/format.ts';
import { foldName } from '../transforms/columns.ts';
import { parseOptions } from '../transforms/options.ts';
import type { Effect, Transform, TransformColumn, TransformContext } from '../transforms/transform.ts';
import { identifier, type Engine } from './engine.ts';
import { parseExpression, printExpression, rowOfNulls, typeOfExpression } from './expressions.ts';

/** What all transformations of a transfer do, compiled once; plain JSON, part of the plan. */
export interface CompiledSelect {
  source: TransformColumn[];
  /** One per transformation, in order. */
  layers: SelectLayer[];
  /** What comes out, in order. */
  columns: TransformColumn[];
  warnings: string[];
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

/**
 * Compiles a transfer's transformations against the source's columns. Fatal TransferErrors name the place in the
 * resource; the engine has checked every expression against the columns' types, so that a chunk can only fail
 * on its data.
 */
export async function compileSelect(
  source: { columns: readonly Column[] },
  transformations: readonly Transformation[],
  transforms: readonly Transform[],
  engine: Engine,
): Promise<CompiledSelect> {
  refuseColumns(source.columns);
  const layers: SelectLayer[] = [];
  const warnings: string[] = [];
  const input = source.columns.map(({ name, type }) => ({ name, type }));
  let relation: TransformColumn[] = input;
  for (const [index, transformation] of transformations.entries()) {
    const path = `spec.transformation[${index}]`;
    const transform = findTransform(transformation.action, transforms, path);
    const options = parseOptions(transform, transformation, path);
    const effect = await transform.effect(relation, transformation.columns, options, contextOf(path, engine));
    warnings.push(...(effect.warnings ?? []));
    layers.push(layerOf(relation, effect));
    relation = relationAfter(relation, effect);
    if (relation.length === 0)
      throw new TransferError(
        'InvalidOption',
        `${path}.columns: nothing would be left; keep at least one column`,
      );
  }
  const compiled = { source: input, layers, columns: relation, warnings };
  // The engine's word on the result types, rather than what the transformations declare.
  const columns = await engine.columns(renderSelect(compiled, { relation: rowOfNulls(input) }, false));
  return { ...compiled, columns };
}

/**
 * The SELECT for one chunk. For a text target whose source is text too (`textRelation`), columns that no
 * transformation touches repeat the source's text exactly, while conditions and expressions see typed values.
 */
export function renderSelect(
  compiled: CompiledSelect,
  fetched: { relation: string; textRelation?: string },
  textTarget: boolean,
): string {
  const { source, layers } = compiled;
  if (!textTarget || fetched.textRelation === undefined) {
    const base = select(
      source.map((column) => identifier(column.name)),
      fetched.relation,
    );
    return layers.reduce((sql, layer) => select(layer.columns.map(expression), nest(sql), layer.where), base);
  }
  const text = textNames(source);
  let sql = select(
    source.flatMap(({ name, type }) => [
      `${identifier(name)} AS ${identifier(text.get(name)!)}`,
      `CAST(${identifier(name)} AS ${type}) AS ${identifier(name)}`,
    ]),
    fetched.textRelation,
  );
  for (const layer of layers) {
    for (const column of layer.columns) if (column.sql !== undefined) text.delete(column.name);
    const carried = layer.columns.flatMap(({ name }) => text.get(name) ?? []).map(identifier);
    sql = select([...layer.columns.map(expression), ...carried], nest(sql), layer.where);
  }
  return select(
    compiled.columns.map(({ name }) =>
      text.has(name) ? `${identifier(text.get(name)!)} AS ${identifier(name)}` : identifier(name),
    ),
    nest(sql),
  );
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

/** Column name -> name of the hidden column that carries its text; collides with no column of the source. */
function textNames(source: readonly TransformColumn[]): Map<string, string> {
  const taken = new Set(source.map((column) => foldName(column.name)));
  let prefix = 'text_';
  while (source.some((_, index) => taken.has(`${prefix}${index}`))) prefix = `_${prefix}`;
  return new Map(source.map((column, index) => [column.name, `${prefix}${index}`]));
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

function contextOf(path: string, engine: Engine): TransformContext {
  return {
    path,
    parseExpression: (text) => parseExpression(engine, text),
    printExpression: (tree) => printExpression(engine, tree),
    typeOf: (relation, sql) => typeOfExpression(engine, relation, sql),
  };
}

function findTransform(action: string, transforms: readonly Transform[], path: string): Transform {
  const transform = transforms.find((candidate) => candidate.action === action);
  if (transform !== undefined) return transform;
  throw new TransferError(
    'Unsupported',
    `${path}.action: '${action}' is not supported! Supported: ${transforms.map((known) => known.action).join(', ')}`,
  );
}

/**
 * The engine's names ignore case, and SQL text ends at a NUL: such columns could not be told apart or named. (Its
 * own readers call a second `A` beside `a` `A_1`; this is about formats that describe their columns themselves.)
 */
function refuseColumns(columns: readonly Column[]): void {
  const seen = new Map<string, string>();
  for (const { name } of columns) {
    const twin = seen.get(foldName(name));
    if (twin !== undefined)
      throw new TransferError(
        'MalformedData',
        twin === name
          ? `the source has two columns "${name}"; rename one`
          : `the source has columns "${twin}" and "${name}", which differ only in case; rename one`,
      );
    if (name === '' || name.includes('\0'))
      throw new TransferError(
        'MalformedData',
        `the source has a column whose name is ${name === '' ? 'empty' : 'not text (it holds a NUL character)'}; rename it`,
      );
    seen.set(foldName(name), name);
  }
}
