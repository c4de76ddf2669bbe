import { z } from 'zod';

export type JsonSchema = Record<string, unknown>;

/** Bounds of JavaScript's safe integers, which zod adds to every integer; meaningless for the API server. */
const SAFE_BOUNDS: readonly unknown[] = [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];

/** What a structural schema may hold. Others (anyOf, const, $ref, ...) need a rule here first. */
const KEYWORDS = new Set([
  'type',
  'description',
  'properties',
  'required',
  'items',
  'additionalProperties',
  'enum',
  'default',
  'nullable',
  'format',
  'pattern',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'maxItems',
  'minItems',
]);

/** A schema as the API server wants it in a CRD: structural, pruning, without what only JSON Schema knows. */
export function structuralSchema(schema: z.ZodType): JsonSchema {
  const json = z.toJSONSchema(schema, {
    target: 'openapi-3.0',
    io: 'input',
    unrepresentable: 'any',
    reused: 'inline',
    cycles: 'throw',
  });
  return structural(json as JsonSchema, '$');
}

function structural(schema: JsonSchema, path: string): JsonSchema {
  const result: JsonSchema = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (!KEYWORDS.has(keyword) && !keyword.startsWith('x-kubernetes-'))
      throw new Error(`${path}: "${keyword}" has no place in a structural schema`);
    if (keyword === 'properties') result[keyword] = mapped(value as Record<string, JsonSchema>, path);
    else if (keyword === 'items') result[keyword] = structural(value as JsonSchema, `${path}[]`);
    else if (keyword === 'additionalProperties') Object.assign(result, additional(value as JsonSchema | boolean, path));
    else if ((keyword === 'minimum' || keyword === 'maximum') && SAFE_BOUNDS.includes(value)) continue;
    // The format says the same in one word.
    else if (keyword === 'pattern' && schema['format'] === 'date-time') continue;
    else result[keyword] = value;
  }
  if (schema['type'] === 'integer') result['format'] = 'int64';
  return result;
}

function mapped(properties: Record<string, JsonSchema>, path: string): Record<string, JsonSchema> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [name, structural(property, `${path}.${name}`)]),
  );
}

/** `false` is the API server's way anyway; a schema for anything means that nothing is pruned. */
function additional(value: JsonSchema | boolean, path: string): JsonSchema {
  if (value === false) return {};
  if (value === true || Object.keys(value).length === 0) return { 'x-kubernetes-preserve-unknown-fields': true };
  return { additionalProperties: structural(value, `${path}.*`) };
}
