import { z } from 'zod';
import { TransferError } from '../failures.ts';
import { identifier } from './engine.ts';
import { parseLosslessJson } from './lossless-json.ts';
import type { Queries } from './queries.ts';

/** Where an expression stands while the engine's parser looks at it; the engine parses statements only. */
const FRAME = 'SELECT 1 FROM t WHERE ';

/** The engine's serialisation of a statement, as far as this file touches it. */
const statementSchema = z.looseObject({
  statements: z.tuple([z.looseObject({ node: z.looseObject({ where_clause: z.unknown() }) })]),
});

const parserErrorSchema = z.object({ error: z.literal(true), error_message: z.string() });

/**
 * Parses one SQL expression with the engine's own parser into its JSON tree. Executes nothing and looks up
 * nothing. Throws an Error whose message is the parser's for text that is not exactly one expression.
 */
export async function parseExpression(engine: Queries, text: string): Promise<unknown> {
  // The line break ends a comment at the text's end, which would otherwise swallow the parenthesis.
  const statement = await serialize(engine, `${FRAME}(${text}\n)`);
  const tree = statement.statements[0].node.where_clause;
  // Text that closes the parenthesis and goes on leaves more behind than the frame and one expression.
  if (JSON.stringify(statement) !== JSON.stringify(await framed(engine, tree)))
    throw new Error('not a single expression');
  return tree;
}

/** The inverse of parseExpression: a tree as SQL text, printed by the engine. */
export async function printExpression(engine: Queries, tree: unknown): Promise<string> {
  const statement = JSON.stringify(await framed(engine, tree));
  const [row] = await engine.query('SELECT json_deserialize_sql($1::VARCHAR) AS text', [statement]);
  const text = row?.['text'];
  if (typeof text !== 'string' || !text.startsWith(FRAME))
    throw new TransferError('Internal', 'the engine printed an expression in an unexpected way');
  return text.slice(FRAME.length);
}

/**
 * Type of an expression over columns of these types, after evaluating it once for a row of nulls: types,
 * function signatures and constants (a regular expression, a date) are found wrong here and not in the middle of
 * a copy. Throws the engine's Error.
 */
export async function typeOfExpression(
  engine: Queries,
  relation: readonly { name: string; type: string }[],
  sql: string,
): Promise<string> {
  const query = `SELECT (${sql}) AS result FROM ${rowOfNulls(relation)}`;
  const [column] = await engine.columns(query);
  await engine.query(query);
  return column?.type ?? '';
}

/** Names and types of a STRUCT type's fields, in order. */
export function fieldsOfStruct(engine: Queries, type: string): Promise<{ name: string; type: string }[]> {
  return engine.columns(`SELECT unnest(CAST(NULL AS ${type}))`);
}

/** Table expression: one row of typed nulls. */
export function rowOfNulls(relation: readonly { name: string; type: string }[]): string {
  const nulls = relation.map((column) => `CAST(NULL AS ${column.type}) AS ${identifier(column.name)}`);
  return `(SELECT ${nulls.join(', ')})`;
}

async function framed(engine: Queries, tree: unknown): Promise<z.infer<typeof statementSchema>> {
  const frame = await serialize(engine, `${FRAME}true`);
  frame.statements[0].node.where_clause = tree;
  return frame;
}

async function serialize(engine: Queries, sql: string): Promise<z.infer<typeof statementSchema>> {
  const [row] = await engine.query('SELECT json_serialize_sql($1::VARCHAR)::VARCHAR AS tree', [sql]);
  const serialized = parseLosslessJson(String(row?.['tree']));
  const refused = parserErrorSchema.safeParse(serialized);
  if (refused.success) throw new Error(refused.data.error_message);
  const statement = statementSchema.safeParse(serialized);
  if (!statement.success) throw new Error('not a single expression');
  return statement.data;
}
