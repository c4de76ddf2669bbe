import { findColumn, unknownColumn } from '../columns.ts';
import type { TransformColumn } from '../transform.ts';
import { rewriteCall, refusedFunction } from './functions.ts';
import { MAX_DEPTH } from './limits.ts';
import { refusal } from './refusal.ts';
import * as tree from './tree.ts';
import { isNode, type Node } from './tree.ts';
import { allowedConstant, allowedType } from './values.ts';

/** What clauses are checked against. */
export interface Scope {
  relation: readonly TransformColumn[];
  path: string;
}

const COMPARISONS = new Set([
  'COMPARE_EQUAL',
  'COMPARE_NOTEQUAL',
  'COMPARE_LESSTHAN',
  'COMPARE_GREATERTHAN',
  'COMPARE_LESSTHANOREQUALTO',
  'COMPARE_GREATERTHANOREQUALTO',
  'COMPARE_DISTINCT_FROM',
  'COMPARE_NOT_DISTINCT_FROM',
]);

const OPERATORS = new Set([
  'OPERATOR_NOT',
  'OPERATOR_IS_NULL',
  'OPERATOR_IS_NOT_NULL',
  'OPERATOR_COALESCE',
  'COMPARE_IN',
  'COMPARE_NOT_IN',
]);

/** The engine's node classes and operators that people may write, in their words. */
const REFUSED: Record<string, string> = {
  SUBQUERY: 'subqueries are',
  WINDOW: 'window functions are',
  LAMBDA: 'lambda functions are',
  PARAMETER: 'parameters are',
  STAR: '* is',
  COLLATE: 'COLLATE is',
  DEFAULT: 'DEFAULT is',
  POSITIONAL_REFERENCE: 'positional references are',
  ARRAY_EXTRACT: 'array subscripts are',
  ARRAY_SLICE: 'array slices are',
  ARRAY_CONSTRUCTOR: 'lists are',
  GROUPING_FUNCTION: 'GROUPING is',
  OPERATOR_TRY: 'TRY is',
};

/**
 * Builds the tree that the engine may execute out of one that its parser made of a user's text: every node is made
 * anew from what is known to be harmless, nothing is copied. InvalidFilter or UnknownColumn otherwise.
 */
export function allowedExpression(parsed: unknown, scope: Scope, depth = 1): Node {
  if (!isNode(parsed) || parsed['alias'] !== '') throw refusal(scope.path, 'this is not a condition');
  if (depth > MAX_DEPTH)
    throw refusal(
      scope.path,
      `expressions are nested more than ${MAX_DEPTH} deep; write it with fewer terms`,
    );
  const one = (field: string): Node => allowedExpression(parsed[field], scope, depth + 1);
  const many = (): Node[] =>
    (parsed['children'] as unknown[]).map((child) => allowedExpression(child, scope, depth + 1));
  switch (parsed.class) {
    case 'COLUMN_REF':
      return column(parsed['column_names'] as string[], scope);
    case 'CONSTANT':
      return allowedConstant(parsed, scope.path);
    case 'CONJUNCTION':
      return tree.conjunction(parsed.type, many());
    case 'COMPARISON':
      if (!COMPARISONS.has(parsed.type)) break;
      return tree.comparison(parsed.type, one('left'), one('right'));
    case 'BETWEEN':
      return tree.between(one('input'), one('lower'), one('upper'));
    case 'CASE':
      return tree.caseWhen(
        (parsed['case_checks'] as Record<string, unknown>[]).map((check) => ({
          when_expr: allowedExpression(check['when_expr'], scope, depth + 1),
          then_expr: allowedExpression(check['then_expr'], scope, depth + 1),
        })),
        one('else_expr'),
      );
    case 'CAST':
      return tree.cast(
        one('child'),
        allowedType(parsed['cast_type'], scope.path),
        parsed['try_cast'] === true,
      );
    case 'OPERATOR':
      if (parsed.type === 'STRUCT_EXTRACT') return field(parsed, scope, depth);
      if (!OPERATORS.has(parsed.type)) break;
      return tree.operator(parsed.type, many());
    case 'FUNCTION':
      refuseDecoration(parsed, scope.path);
      return rewriteCall(String(parsed['function_name']), many(), scope.path);
    default:
  }
  throw refusedNode(parsed, scope.path);
}

/** `a` or `a.b.c`, a column and fields of structs. Explicit, because `a.b` may also name a table's column. */
function column(names: string[], { relation, path }: Scope): Node {
  const [first, ...fields] = names;
  const found = findColumn(first!, relation, path);
  if (found === undefined) {
    // The parser takes CURRENT_DATE and its like for columns.
    if (/^(current|local)_?(date|time|timestamp)$/i.test(first!))
      throw refusedFunction(first!.toLowerCase(), path);
    throw unknownColumn(first!, relation, path);
  }
  if (fields.length > 0 && !found.type.startsWith('STRUCT('))
    throw refusal(
      path,
      `"${names.join('.')}": column "${found.name}" has no fields, it is of type ${found.type}`,
    );
  return fields.reduce(tree.structField, tree.columnReference(found.name));
}

/** `(a.b).c` */
function field(parsed: Node, scope: Scope, depth: number): Node {
  const [struct, name] = parsed['children'] as [unknown, Node];
  const text = tree.constantText(name);
  if (text === undefined) throw refusal(scope.path, 'a struct field must be named directly');
  return tree.structField(allowedExpression(struct, scope, depth + 1), text);
}

/** DISTINCT, FILTER, ORDER BY and qualified names belong to aggregates and to other people's functions. */
function refuseDecoration(call: Node, path: string): void {
  const orders = (call['order_bys'] as { orders?: unknown[] } | null)?.orders ?? [];
  const qualified = call['catalog'] !== '' || (call['schema'] !== '' && call['schema'] !== 'main');
  if (
    qualified ||
    call['distinct'] !== false ||
    call['filter'] !== null ||
    call['export_state'] !== false ||
    orders.length > 0
  )
    throw refusal(
      path,
      `function ${String(call['function_name'])} is used in a way that is not allowed in a filter`,
    );
}

function refusedNode(node: Node, path: string): Error {
  const words = REFUSED[node.class] ?? REFUSED[node.type];
  return refusal(
    path,
    `${words ?? `${node.type.toLowerCase().replaceAll('_', ' ')} is`} not allowed in a filter`,
  );
}
