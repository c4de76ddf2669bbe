import { isObject } from './json.ts';

/** Their contents are the user's own. */
const OPAQUE_FIELDS: ReadonlySet<string> = new Set(['options', 'spark']);

/** Below this no field of the API lies; deeper input is refused anyway and must not exhaust the stack. */
const MAX_DEPTH = 8;

/** Fields that are null count as absent: so does the API server, but a file may not have been there. */
export function withoutNulls(value: unknown, depth = 0): unknown {
  if (depth > MAX_DEPTH) return value;
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item, depth + 1));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== null)
      .map(([name, field]) => [name, OPAQUE_FIELDS.has(name) ? field : withoutNulls(field, depth + 1)]),
  );
}
