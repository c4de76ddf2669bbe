/** One sandboxed DuckDB instance of one thread: sees one directory, cannot load, attach or configure. */
export interface Engine {
  /** Runs one statement; resolves with the number of rows it changed or copied (0 if not applicable). */
  run(sql: string, parameters?: readonly (string | number | null)[]): Promise<number>;
  /** Runs one query; every row as an object with JSON-like values (bigint for integers beyond 2^53). */
  query(sql: string, parameters?: readonly (string | number | null)[]): Promise<Record<string, unknown>[]>;
  /** Of the rows that have passed through `checkedSelect` since the last call; see checksums.ts. */
  checksums(columns: number): string[];
  /** Result columns of a query without running it. */
  columns(sql: string): Promise<{ name: string; type: string }[]>;
}

/** Quotes an identifier for the engine's SQL. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Quotes a string literal for the engine's SQL. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
