import { TransferError } from '../failures.ts';
import { parseJson, stringifyJson } from './lossless-json.ts';
import { identifier, type Engine } from './engine.ts';

/** Where an expression stands while the engine's parser looks at it; the engine parses statements only. */
const FRAME = 'SELECT 1 FROM t WHERE ';

/** What the engine's serialisation of a statement looks like, as far as this file touches it. */
interface SerializedStatement {
  error: boolean;
  error_message?: string;
  statements?: { node: { where_clause: unknown } }[];
}

/**
 * Parses one SQL expression with the engine's own parser into its JSON tree. Executes nothing and looks up
 * nothing. Throws an Error whose message is the parser's for text that is not exactly one expression.
 */
export async function parseExpression(engine: Engine, text: string): Promise<unknown> {
  // The line break ends a comment at the text's end, which would otherwise swallow the parenthesis.
  const statement = await serialize(engine, `${FRAME}(${text}\n)`);
  const tree = statement.statements?.[0]?.node.where_clause;
  const frame = await serialize(engine, `${FRAME}true`);
  frame.statements![0]!.node.where_clause = tree;
  // Text that closes the parenthesis and goes on leaves more behind than the frame and one expression.
  if (tree === undefined || stringifyJson(statement) !== stringifyJson(frame))
    throw new Error('not a single expression');
  return tree;
}

/** The inverse of parseExpression: a tree as SQL text, printed by the engine. */
export async function printExpression(engine: Engine, tree: unknown): Promise<string> {
  const frame = await serialize(engine, `${FRAME}true`);
  frame.statements![0]!.node.where_clause = tree;
  const [row] = await engine.query('SELECT json_deserialize_sql($1::VARCHAR) AS text', [
    stringifyJson(frame),
  ]);
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
  engine: Engine,
  relation: readonly { name: string; type: string }[],
  sql: string,
): Promise<string> {
  const query = `SELECT (${sql}) AS result FROM ${rowOfNulls(relation)}`;
  const [column] = await engine.columns(query);
  await engine.query(query);
  return column!.type;
}

/** Table expression: one row of typed nulls. */
export function rowOfNulls(relation: readonly { name: string; type: string }[]): string {
  const nulls = relation.map((column) => `CAST(NULL AS ${column.type}) AS ${identifier(column.name)}`);
  return `(SELECT ${nulls.join(', ')})`;
}

async function serialize(engine: Engine, sql: string): Promise<SerializedStatement> {
  const [row] = await engine.query('SELECT json_serialize_sql($1::VARCHAR)::VARCHAR AS tree', [sql]);
  const statement = parseJson(String(row?.['tree'])) as SerializedStatement;
  if (statement.error) throw new Error(statement.error_message ?? 'syntax error');
  return statement;
}
