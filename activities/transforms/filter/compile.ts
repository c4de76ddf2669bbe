import { isText } from '../options.ts';
import type { TransformColumn, TransformContext } from '../transform.ts';
import { MAX_CHARACTERS, MAX_CONCATENATIONS, MAX_NODES } from './limits.ts';
import { clausePath, engineMessage, refusal } from './refusal.ts';
import { rewriteSpellings } from './spellings.ts';
import { tokenize } from './tokens.ts';
import type { Node } from './tree.ts';
import { allowedExpression } from './whitelist.ts';

interface AllowedFilter {
  tree: Node;
  warnings: string[];
}

interface CompiledFilter {
  /** Condition for WHERE, printed by the engine from a tree of allowed nodes; never the user's text. */
  where: string;
  warnings: string[];
}

/**
 * Compiles a user's clause: tokens and Spark's spellings, the engine's parser, the whitelist, the engine's printer,
 * and a check of the types. InvalidFilter or UnknownColumn says what is wrong and what would be right.
 */
export async function compileFilter(
  clause: string,
  relation: readonly TransformColumn[],
  context: TransformContext,
): Promise<CompiledFilter> {
  const path = clausePath(context.path);
  const { tree, warnings } = await allowedFilter(clause, relation, context, path);
  const where = await context.printExpression(tree);
  await refuseOtherMeaning(tree, where, context, path);
  const type = await context.typeOf(relation, where).catch((error: unknown) => {
    throw refusal(path, engineMessage(error));
  });
  if (type !== 'BOOLEAN')
    throw refusal(path, `the clause is of type ${type}, not a condition; compare it with something`);
  return { where, warnings };
}

/** What the engine may be given, before it is text again. @param relation absent: any column may be there */
export async function allowedFilter(
  clause: string,
  relation: readonly TransformColumn[] | undefined,
  parser: Pick<TransformContext, 'parseExpression'>,
  path: string,
): Promise<AllowedFilter> {
  if (clause.length > MAX_CHARACTERS)
    throw refusal(path, `the clause has ${clause.length} characters, at most ${MAX_CHARACTERS} are allowed`);
  if (!isText(clause)) throw refusal(path, 'the clause holds characters that are not text');
  const { text, warnings } = rewriteSpellings(tokenize(clause, path), relation, path);
  const parsed = await parser.parseExpression(text).catch((error: unknown) => {
    throw refusal(path, `not a condition: ${engineMessage(error)}`);
  });
  const tree = allowedExpression(parsed, { relation, path });
  refuseExcess(tree, path);
  return { tree, warnings };
}

/** Counts nodes as the engine will: the rewriting shares them, and the engine copies the input of BETWEEN. */
function refuseExcess(root: Node, path: string): void {
  let nodes = 0;
  let concatenations = 0;
  const pending: unknown[] = [root];
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value !== 'object' || value === null) continue;
    const { class: kind, function_name: name, input }: Partial<Node> = value;
    if (kind !== undefined) nodes += 1;
    if (kind === 'BETWEEN') pending.push(input);
    if (name === '||') concatenations += 1;
    if (nodes > MAX_NODES)
      throw refusal(path, `the clause is too complex: more than ${MAX_NODES} parts; shorten it`);
    if (concatenations > MAX_CONCATENATIONS)
      throw refusal(path, `more than ${MAX_CONCATENATIONS} concatenations (||) are not allowed in a filter`);
    pending.push(...Object.values(value));
  }
}

/** What is executed is text again: it must parse to exactly the tree that was allowed. */
async function refuseOtherMeaning(
  tree: Node,
  printed: string,
  context: TransformContext,
  path: string,
): Promise<void> {
  const reparsed = await context.parseExpression(printed);
  if (canonical(reparsed) !== canonical(tree))
    throw refusal(path, 'the clause cannot be expressed safely; write it in another way');
}

/** A tree as text, without places in the source text. */
function canonical(tree: unknown): string {
  return JSON.stringify(tree, (key, value: unknown) => {
    if (key === 'query_location') return undefined;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
