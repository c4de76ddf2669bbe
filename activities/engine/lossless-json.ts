/** ES2026, in Node since 21 and not yet in TypeScript's library. */
declare global {
  interface JSON {
    parse(
      text: string,
      reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
    ): unknown;
    rawJSON(text: string): object;
  }
}

/**
 * As JSON.parse, but integers beyond 2^53 keep their digits: they come out as opaque objects that
 * JSON.stringify writes as they were.
 */
export function parseLosslessJson(text: string): unknown {
  return JSON.parse(text, (_key, value, { source }) =>
    typeof value === 'number' &&
    !Number.isSafeInteger(value) &&
    source !== undefined &&
    /^-?\d+$/.test(source)
      ? JSON.rawJSON(source)
      : value,
  );
}
