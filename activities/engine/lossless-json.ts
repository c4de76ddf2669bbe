/**
 * JSON whose integers beyond 2^53 keep their digits: they come out of parseJson as opaque objects that
 * stringifyJson writes as they were. (JSON.rawJSON and the reviver's third argument are ES2026 and not yet in
 * TypeScript's library.)
 */
const json = JSON as unknown as {
  rawJSON(text: string): object;
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
};

export function parseJson(text: string): unknown {
  return json.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source ? json.rawJSON(source) : value,
  );
}

export function stringifyJson(value: unknown): string {
  return JSON.stringify(value);
}
