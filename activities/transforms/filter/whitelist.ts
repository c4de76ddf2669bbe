import type { z } from 'zod';
import { findColumn, unknownColumn } from '../columns.ts';
import type { TransformColumn } from '../transform.ts';
import { refusedFunction, rewriteCall } from './functions.ts';
import { MAX_DEPTH } from './limits.ts';
import { NULL_SAFE_EQUAL, refuseNullSafeOperand } from './null-safe.ts';
import * as shape from './parsed.ts';
import { refusal } from './refusal.ts';
import * as tree from './tree.ts';
import type { Node } from './tree.ts';
import { allowedConstant, allowedType } from './values.ts';

/** What a clause is checked against. */
interface Scope {
  /** Absent: any column may be there. */
  relation: readonly TransformColumn[] | undefined;
  path: string;
}

/** The engine's node classes and operators that people may write, in their words. */
const REFUSED: Record<string, string> = {
  SUBQUERY: 'subqueries are',
  WINDOW: 'window functions are',
  LAMBDA: 'lambda functions are',
  STAR: '* is',
  COLLATE: 'COLLATE is',
  DEFAULT: 'DEFAULT is',
};

/**
 * Builds the tree that the engine may execute out of the one that its parser made of a user's text: every node is
 * made anew from what is known to be harmless, nothing is copied. InvalidFilter or UnknownColumn otherwise.
 */
export function allowedExpression(parsed: unknown, scope: Scope, depth = 1): Node {
  if (depth > MAX_DEPTH)
    throw refusal(
      scope.path,
      `expressions are nested more than ${MAX_DEPTH} deep; write it with fewer terms`,
    );
  const found = shape.parsedNode.safeParse(parsed);
  if (!found.success) throw refusal(scope.path, 'not a condition');
  const node = found.data;
  const one = (child: unknown): Node => allowedExpression(child, scope, depth + 1);
  const many = (children: readonly unknown[]): Node[] => children.map(one);
  const fields = <T>(schema: z.ZodType<T>): T => {
    const fitting = schema.safeParse(node);
    if (!fitting.success) throw refusedNode(node, scope.path);
    return fitting.data;
  };
  switch (node.class) {
    case 'COLUMN_REF':
      return column(fields(shape.parsedColumn).column_names, scope);
    case 'CONSTANT':
      return allowedConstant(fields(shape.parsedConstant), scope.path);
    case 'CONJUNCTION': {
      const { type, children } = fields(shape.parsedConjunction);
      return tree.conjunction(type, many(children));
    }
    case 'COMPARISON': {
      const { type, left, right } = fields(shape.parsedComparison);
      refuseNullSafeOperand(type, [left, right], scope.path);
      return tree.comparison(type, one(left), one(right));
    }
    case 'BETWEEN': {
      const { input, lower, upper } = fields(shape.parsedBetween);
      refuseNullSafeOperand(node.type, [input, lower, upper], scope.path);
      return tree.between(one(input), one(lower), one(upper));
    }
    case 'CASE': {
      const { case_checks: checks, else_expr: otherwise } = fields(shape.parsedCase);
      return tree.caseWhen(
        checks.map((check) => ({ when_expr: one(check.when_expr), then_expr: one(check.then_expr) })),
        one(otherwise),
      );
    }
    case 'CAST': {
      const { child, cast_type: type, try_cast: tries } = fields(shape.parsedCast);
      return tree.cast(one(child), allowedType(type, scope.path), tries);
    }
    case 'OPERATOR': {
      if (node.type === 'STRUCT_EXTRACT') {
        const [struct, name] = many(fields(shape.parsedField).children);
        return structField(struct!, name, scope.path);
      }
      const { type, children } = fields(shape.parsedOperator);
      const operands = many(children);
      return type === 'OPERATOR_NOT' ? tree.not(operands[0]!) : tree.operator(type, operands);
    }
    case 'FUNCTION': {
      const { function_name: name, children } = fields(shape.parsedCall);
      if (/^\W/.test(name)) refuseNullSafeOperand(name, children, scope.path);
      const operands = many(children);
      const [left, right] = operands;
      if (name === NULL_SAFE_EQUAL) return tree.comparison('COMPARE_NOT_DISTINCT_FROM', left!, right!);
      return rewriteCall(name, operands, scope.path);
    }
    default:
      throw refusedNode(node, scope.path);
  }
}

/** `a` or `a.b.c`, a column and fields of structs. Made explicit, because `a.b` may also name a table's column. */
function column([name, ...fields]: [string, ...string[]], { relation, path }: Scope): Node {
  if (relation === undefined) return fields.reduce<Node>(tree.structField, tree.columnReference(name));
  const found = findColumn(name, relation, path);
  if (found === undefined) {
    // The parser takes CURRENT_DATE and its like for columns.
    if (/^(current|local)_?(date|time|timestamp)$/i.test(name))
      throw refusedFunction(name.toLowerCase(), path);
    throw unknownColumn(name, relation, path);
  }
  if (fields.length > 0 && !found.type.startsWith('STRUCT('))
    throw refusal(
      path,
      `${[name, ...fields].join('.')}: column "${found.name}" has no fields, it is of type ${found.type}`,
    );
  return fields.reduce<Node>(tree.structField, tree.columnReference(found.name));
}

/** `(a.b).c` */
function structField(struct: Node, name: Node | undefined, path: string): Node {
  const field = tree.constantText(name);
  if (field === undefined) throw refusal(path, 'a field must be named directly, e.g. address.city');
  return tree.structField(struct, field);
}

function refusedNode(node: shape.ParsedNode, path: string): Error {
  if (node.class === 'FUNCTION')
    return refusal(
      path,
      `function ${String(node['function_name'])} with DISTINCT, FILTER, ORDER BY or a name in front is not allowed in a filter`,
    );
  const words = REFUSED[node.class] ?? `${node.type.toLowerCase().replaceAll('_', ' ')} is`;
  return refusal(path, `${words} not allowed in a filter`);
}
