import type { z } from 'zod';

/** A column as one transformation sees it: what the previous ones left. */
export interface TransformColumn {
  name: string;
  /** DuckDB's type in SQL. */
  type: string;
}

/**
 * What a row must be known by. `any`: something that no other row of the run has and that a repeated chunk gives
 * it again. `numbered`: the object's version and the row's number in it, whatever the chunks.
 */
export type RowIdentity = 'none' | 'any' | 'numbered';

/** What a transformation does to a relation, as SQL over the previous relation's columns. */
export interface Effect {
  remove?: string[];
  /** Column name (as in the relation) -> expression and its DuckDB type. */
  replace?: Record<string, { sql: string; type: string }>;
  /** Condition for WHERE; rows for which it is not true are dropped. */
  where?: string;
  /** For the plan and the status, e.g. a column to remove that is not there. */
  warnings?: string[];
}

export interface TransformContext {
  /** The transformation's place for messages, e.g. `spec.transformation[1]`. */
  path: string;
  /** Its number, by which the engine's functions find its secret options. */
  index: number;
  /** Rows are changes: columns `key` and `value` are structs, and a name means a field of theirs. */
  changeData: boolean;
  /** SQL expressions over every relation: text of the object that a row comes from, number of the row. */
  row: { object: string; number: string };
  /** Parses a SQL expression with the engine's parser into its JSON tree; executes nothing. */
  parseExpression(text: string): Promise<unknown>;
  /** The inverse: a JSON tree as SQL. */
  printExpression(tree: unknown): Promise<string>;
  /** Type of a SQL expression over these columns; throws the engine's Error when it does not fit them. */
  typeOf(relation: readonly TransformColumn[], sql: string): Promise<string>;
  /** Fields of a STRUCT type, in order. */
  fieldsOf(type: string): Promise<TransformColumn[]>;
}

/**
 * One action on columns or rows. A pure function from (columns, options) to SQL: it knows no store and no format.
 */
export interface Transform<Options = unknown> {
  /** Canonical name, e.g. `RedactColumns`. */
  readonly action: string;
  /** Other accepted spellings; matching is case-insensitive. */
  readonly aliases: readonly string[];
  readonly description: string;
  /** Whether it works on columns that have to be named. */
  readonly needsColumns: boolean;
  readonly options: z.ZodType<Options>;
  /** Absent = `none`. */
  rowIdentity?(options: Options): RowIdentity;
  /** Options may hold secrets: they must not get into the effect. */
  effect(
    relation: readonly TransformColumn[],
    columns: readonly string[],
    options: Options,
    context: TransformContext,
  ): Promise<Effect>;
}
