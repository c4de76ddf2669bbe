import { z } from 'zod';

type Source = z.core.JSONSchema.JSONSchema;

/** Part of a CRD. */
export type JsonObject = Record<string, unknown>;

/** Bounds of JavaScript's safe integers, which zod adds to every integer; meaningless for the API server. */
const SAFE_BOUNDS = new Set<unknown>([Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]);

/** What is taken over as it is. Others (anyOf, const, $ref, ...) need a rule here first. */
const PLAIN_KEYWORDS = new Set([
  'type',
  'description',
  'required',
  'enum',
  'default',
  'format',
  'pattern',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'maxItems',
]);

/** A schema as the API server wants it in a CRD: structural, pruning, without what only JSON Schema knows. */
export function structuralSchema(schema: z.ZodType): JsonObject {
  const json = z.toJSONSchema(schema, {
    target: 'openapi-3.0',
    io: 'input',
    unrepresentable: 'any',
    reused: 'inline',
    cycles: 'throw',
  });
  return structural(json, '$');
}

function structural(schema: Source, path: string): JsonObject {
  const { properties, items, additionalProperties, ...plain } = schema;
  const result: JsonObject = {};
  for (const [keyword, value] of Object.entries(plain)) {
    if (!PLAIN_KEYWORDS.has(keyword) && !keyword.startsWith('x-kubernetes-'))
      throw new Error(`${path}: "${keyword}" has no place in a structural schema`);
    if (SAFE_BOUNDS.has(value)) continue;
    // The format says the same in one word.
    if (keyword === 'pattern' && schema.format === 'date-time') continue;
    result[keyword] = value;
  }
  if (schema.type === 'integer') result['format'] = 'int64';
  if (properties !== undefined)
    result['properties'] = Object.fromEntries(
      Object.entries(properties).map(([name, value]) => [
        name,
        structural(one(value, path), `${path}.${name}`),
      ]),
    );
  if (items !== undefined) result['items'] = structural(one(items, path), `${path}[]`);
  return additionalProperties === undefined
    ? result
    : { ...result, ...additional(additionalProperties, path) };
}

/** `false` is the API server's way anyway; a schema for anything means that nothing is pruned. */
function additional(value: z.core.JSONSchema._JSONSchema, path: string): JsonObject {
  if (value === false) return {};
  if (value === true || Object.keys(value).length === 0)
    return { 'x-kubernetes-preserve-unknown-fields': true };
  return { additionalProperties: structural(value, `${path}.*`) };
}

function one(schema: z.core.JSONSchema._JSONSchema | z.core.JSONSchema._JSONSchema[], path: string): Source {
  if (typeof schema === 'boolean' || Array.isArray(schema)) throw new Error(`${path}: no structural schema`);
  return schema;
}
