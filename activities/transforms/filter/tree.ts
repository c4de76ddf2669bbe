/** The engine's JSON tree of an expression, as far as a filter may have it; and makers of such nodes. */
export interface Node {
  class: string;
  type: string;
  [field: string]: unknown;
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'class' in value && 'type' in value;
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

export function not(child: Node): Node {
  return operator('OPERATOR_NOT', [child]);
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

export function cast(child: Node, type: unknown, tries = false): Node {
  return node('CAST', 'OPERATOR_CAST', { child, cast_type: type, try_cast: tries });
}

export function plainType(id: string): { id: string; type_info: null } {
  return { id, type_info: null };
}

export function constant(type: unknown, value: unknown): Node {
  return node('CONSTANT', 'VALUE_CONSTANT', { value: { type, is_null: false, value } });
}

export function nullConstant(): Node {
  return node('CONSTANT', 'VALUE_CONSTANT', { value: { type: plainType('NULL'), is_null: true } });
}

export function text(value: string): Node {
  return constant(plainType('VARCHAR'), value);
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
  if (candidate?.class !== 'CONSTANT') return undefined;
  const value = candidate['value'] as { type: { id: string }; is_null: boolean; value?: unknown };
  return value.type.id === 'VARCHAR' && !value.is_null && typeof value.value === 'string'
    ? value.value
    : undefined;
}

/** The value of a whole-number or decimal constant for a test against zero, undefined for any other node. */
export function constantNumber(candidate: Node): number | undefined {
  if (candidate.class !== 'CONSTANT') return undefined;
  const { value } = candidate['value'] as { value?: unknown };
  return typeof value === 'number' ? value : undefined;
}
