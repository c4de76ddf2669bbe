/** Makers of the engine's expression nodes: what the engine executes is built from these and nothing else. */
export interface Node {
  class: string;
  type: string;
  [field: string]: unknown;
}

function node(kind: string, type: string, fields: Record<string, unknown>): Node {
  return { class: kind, type, alias: '', query_location: 0, ...fields };
}

export function columnReference(name: string): Node {
  return node('COLUMN_REF', 'COLUMN_REF', { column_names: [name] });
}

export function structField(struct: Node, field: string): Node {
  return operator('STRUCT_EXTRACT', [struct, text(field)]);
}

export function operator(type: string, children: Node[]): Node {
  return node('OPERATOR', type, { children });
}

/** Comparison -> what the parser makes of its negation. */
const NEGATED = new Map([
  ['COMPARE_EQUAL', 'COMPARE_NOTEQUAL'],
  ['COMPARE_NOTEQUAL', 'COMPARE_EQUAL'],
  ['COMPARE_DISTINCT_FROM', 'COMPARE_NOT_DISTINCT_FROM'],
  ['COMPARE_NOT_DISTINCT_FROM', 'COMPARE_DISTINCT_FROM'],
]);

/** In the parser's form, so that it reads back as the same tree: it turns comparisons around. */
export function not(child: Node): Node {
  const negated = child.class === 'COMPARISON' ? NEGATED.get(child.type) : undefined;
  return negated === undefined ? operator('OPERATOR_NOT', [child]) : { ...child, type: negated };
}

export function conjunction(type: string, children: Node[]): Node {
  return node('CONJUNCTION', type, { children });
}

export function comparison(type: string, left: Node, right: Node): Node {
  return node('COMPARISON', type, { left, right });
}

export function between(input: Node, lower: Node, upper: Node): Node {
  return node('BETWEEN', 'COMPARE_BETWEEN', { input, lower, upper });
}

export function caseWhen(checks: { when_expr: Node; then_expr: Node }[], otherwise: Node): Node {
  return node('CASE', 'CASE_EXPR', { case_checks: checks, else_expr: otherwise });
}

/** A type in the engine's serialisation. */
export type TypeNode = { id: string; type_info: Record<string, unknown> | null };

export function plainType(id: string): TypeNode {
  return { id, type_info: null };
}

export function decimalType(width: number, scale: number): TypeNode {
  const info = { type: 'DECIMAL_TYPE_INFO', alias: '', extension_info: null, width, scale };
  return { id: 'DECIMAL', type_info: info };
}

export function cast(child: Node, type: TypeNode, tries = false): Node {
  return node('CAST', 'OPERATOR_CAST', { child, cast_type: type, try_cast: tries });
}

/** A value in the engine's serialisation; digits beyond 2^53 are opaque (lossless-json.ts). */
export interface Constant extends Node {
  class: 'CONSTANT';
  value: { type: TypeNode; is_null: boolean; value?: unknown };
}

export function constant(type: TypeNode, value: unknown): Constant {
  return constantNode({ type, is_null: false, value });
}

export function nullConstant(): Constant {
  return constantNode({ type: plainType('NULL'), is_null: true });
}

export function text(value: string): Constant {
  return constant(plainType('VARCHAR'), value);
}

function constantNode(value: Constant['value']): Constant {
  return { class: 'CONSTANT', type: 'VALUE_CONSTANT', alias: '', query_location: 0, value };
}

function isConstant(candidate: Node | undefined): candidate is Constant {
  return candidate?.class === 'CONSTANT';
}

export function call(name: string, children: Node[]): Node {
  return node('FUNCTION', 'FUNCTION', {
    function_name: name,
    schema: '',
    catalog: '',
    children,
    filter: null,
    order_bys: { type: 'ORDER_MODIFIER', orders: [] },
    distinct: false,
    is_operator: /^\W/.test(name),
    export_state: false,
  });
}

/** The text of a string constant, undefined for any other node. */
export function constantText(candidate: Node | undefined): string | undefined {
  if (!isConstant(candidate)) return undefined;
  const { type, value } = candidate.value;
  return type.id === 'VARCHAR' && typeof value === 'string' ? value : undefined;
}

/** Whether a node is a number other than zero. */
export function isNonZeroNumber(candidate: Node): boolean {
  if (!isConstant(candidate)) return false;
  const { value } = candidate.value;
  return typeof value === 'number' && value !== 0;
}
