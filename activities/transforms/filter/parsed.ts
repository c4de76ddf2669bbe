import { z } from 'zod';

/**
 * The parser's nodes that a filter may have, with their fields as they must be. A node that does not fit is one that
 * nobody has thought about, and refused.
 */

const child = z.unknown();
const children = z.array(child);

export const parsedNode = z.looseObject({ class: z.string(), type: z.string(), alias: z.literal('') });
export type ParsedNode = z.infer<typeof parsedNode>;

export const parsedColumn = z.object({ column_names: z.tuple([z.string()], z.string()) });

const typeInfo = z.object({
  alias: z.literal(''),
  width: z.int().optional(),
  scale: z.int().optional(),
  /** Of a type that the parser does not know. */
  name: z.string().optional(),
});

const parsedType = z.object({ id: z.string(), type_info: typeInfo.nullable() });
export type ParsedType = z.infer<typeof parsedType>;

export const parsedConstant = z.object({
  value: z.object({ type: parsedType, is_null: z.boolean(), value: z.unknown().optional() }),
});

export const parsedConjunction = z.object({ type: z.enum(['CONJUNCTION_AND', 'CONJUNCTION_OR']), children });

export const parsedComparison = z.object({
  type: z.enum([
    'COMPARE_EQUAL',
    'COMPARE_NOTEQUAL',
    'COMPARE_LESSTHAN',
    'COMPARE_GREATERTHAN',
    'COMPARE_LESSTHANOREQUALTO',
    'COMPARE_GREATERTHANOREQUALTO',
    'COMPARE_DISTINCT_FROM',
    'COMPARE_NOT_DISTINCT_FROM',
  ]),
  left: child,
  right: child,
});

export const parsedBetween = z.object({ input: child, lower: child, upper: child });

export const parsedCase = z.object({
  case_checks: z.array(z.object({ when_expr: child, then_expr: child })),
  else_expr: child,
});

export const parsedCast = z.object({ child, cast_type: parsedType, try_cast: z.boolean() });

export const parsedOperator = z.object({
  type: z.enum([
    'OPERATOR_NOT',
    'OPERATOR_IS_NULL',
    'OPERATOR_IS_NOT_NULL',
    'OPERATOR_COALESCE',
    'COMPARE_IN',
    'COMPARE_NOT_IN',
  ]),
  children,
});

export const parsedField = z.object({ type: z.literal('STRUCT_EXTRACT'), children: z.tuple([child, child]) });

/** Without DISTINCT, FILTER and ORDER BY, which belong to aggregates, and of no schema but the engine's own. */
export const parsedCall = z.object({
  function_name: z.string(),
  schema: z.enum(['', 'main']),
  catalog: z.literal(''),
  children,
  distinct: z.literal(false),
  filter: z.null(),
  export_state: z.literal(false),
  order_bys: z.object({ orders: z.tuple([]) }),
});
