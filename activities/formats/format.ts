import type { PlanHints } from '../../workflows/contract.ts';
import type { FormatOptions } from '../../workflows/contract/formats.ts';
import type { Engine } from '../engine/engine.ts';
import type { HeldType } from './held-type.ts';

/** Keys of Parquet's encryption, in base64. */
export interface ParquetKeys {
  footerKey: string;
  /** Columns with a key of their own. */
  columnKeys: readonly { columns: readonly string[]; key: string; keyId?: string }[];
}

/** What formats must keep to themselves: never in a plan, SQL text, a setting or a log. */
export interface FormatSecrets {
  parquet?: ParquetKeys;
}

/** A column of a source as the engine sees it. */
export interface Column {
  name: string;
  /** DuckDB's type in SQL, e.g. `BIGINT`, `DECIMAL(18,2)`, `STRUCT(a INTEGER)`. */
  type: string;
  nullable: boolean;
}

/** A pinned object (or anything with bytes at offsets). Every read sees the same version or throws. */
export interface RangeReader {
  /** For messages, e.g. `s3://bucket/key`. */
  readonly location: string;
  /** Bytes. */
  readonly size: number;
  /** Bytes [start, end). */
  read(start: number, end: number): Promise<AsyncIterable<Uint8Array>>;
}

export interface SourceDescription {
  columns: Column[];
  /**
   * Chunk i is [cuts[i], cuts[i + 1]), in the format's own unit (bytes for csv, row groups for parquet).
   * At least one chunk, also for an empty data set.
   */
  cuts: number[];
  /** Rows in all, where the format knows. */
  rows?: number;
  /** Number of each chunk's first row in the object, from 0; present when asked for by `rowNumbers`. */
  firstRows?: number[];
  /** Types that become others when they are read, e.g. `at: int96 -> timestamp[us]`. */
  conversions?: string[];
  /** What is odd, though it can be read. */
  warnings?: string[];
  /** What the reading side needs again for every chunk; small and JSON. */
  reading: unknown;
  /** Facts for people, e.g. `{compression: 'zstd'}`. */
  details: Record<string, string>;
}

export interface DescribeOptions {
  /** Bytes of source per chunk, about. */
  chunkBytes: number;
  /** Upper bound on the number of chunks; chunks grow beyond chunkBytes to respect it. */
  maxChunks: number;
  hints: PlanHints;
  options: FormatOptions;
  /** Whether the first row of every chunk must be known, though it may cost a pass over the object. */
  rowNumbers: boolean;
  /**
   * Of an object that the format itself has written: its columns as they were written. Nothing is inferred, no cut can
   * turn out wrong, and fetched chunks have values as `readBack` gives them.
   */
  written?: readonly Pick<Column, 'name' | 'type'>[];
  secrets?: FormatSecrets;
  engine: Engine;
  /** Scratch that the engine sees; exclusive to this call. */
  directory: string;
}

export interface ChunkSource {
  location: string;
  columns: Column[];
  cuts: number[];
  reading: unknown;
}

/** A chunk that lies in a local file, ready for the engine. */
export interface FetchedChunk {
  /** Table expression for FROM: every column under its own name with its type. */
  relation: string;
  /**
   * For text formats: table expression with every column as the text of the source (VARCHAR), so that
   * a copy to a text format repeats values exactly.
   */
  textRelation?: string;
  /** Rows of the chunk counted independently of the engine. */
  rows: number;
  bytesRead: number;
}

/** How a result file was written. */
export interface WrittenChunk {
  index: number;
  options: FormatOptions;
  /** Scratch that the engine sees. */
  directory: string;
  engine: Engine;
  secrets?: FormatSecrets;
}

/** Where the bytes of a chunk's result file go in the one published object. */
export interface ResultLayout {
  /** Bytes [start, end) of the result file are body: they are joined with the other chunks' bodies. */
  start: number;
  end: number;
  /** What joining needs besides the bodies (a Parquet footer), else empty. */
  trailer: Buffer;
}

/** One chunk at publish: where its body starts in the object, and its trailer. */
export interface PlacedChunk {
  position: number;
  bodyBytes: number;
  trailer: Buffer;
}

/**
 * A file format: how to describe, cut and read it as a source, how to write it and join chunks as a target.
 * Knows no store and no transformation.
 */
export interface Format {
  readonly name: string;
  readonly extensions: readonly string[];
  /** Whether values are text, so that copying text to text must repeat it exactly. */
  readonly text: boolean;
  /**
   * SQL for what of a column's values is held against each other, of the rows that are written and of what `readBack`
   * finds in the file.
   */
  compared(this: void, column: Pick<Column, 'name' | 'type'>, side: 'rows' | 'file'): string;
  /** True when the bodies' order in the object is the rows' order (csv); false when a footer names it (parquet). */
  readonly ordered: boolean;

  /** What is inferred from the values: the columns' types, or which columns there are, too. Absent: a source says both. */
  readonly inferred?: 'types' | 'columns';

  /**
   * For formats whose types are inferred: the type to read a column as that was taken for `a` in one object and for `b`
   * in another. Absent: objects are read with their own types, and values are cast.
   */
  uniteTypes?(this: void, a: string, b: string): string | undefined;

  /** Schema and cuts of a source. Throws fatal TransferErrors that name the location and what is wrong. */
  describe(reader: RangeReader, options: DescribeOptions): Promise<SourceDescription>;
  /** Brings chunk `index` into `directory` (exclusive to this chunk attempt). */
  fetch(
    reader: RangeReader,
    source: ChunkSource,
    index: number,
    directory: string,
    secrets?: FormatSecrets,
  ): Promise<FetchedChunk>;
  /**
   * Explains why the engine refused a fetched chunk: a TransferError that is fatal (ragged row at line N) or
   * asks for a re-plan (wider type, exact cuts); undefined when the chunk is not to blame.
   */
  diagnose(
    error: Error,
    source: ChunkSource,
    index: number,
    directory: string,
    engine: Engine,
  ): Promise<Error | undefined>;

  /** Where row `row` (from 1) of a fetched chunk is, e.g. `line 7`; absent: rows have but numbers. */
  place?(this: void, source: ChunkSource, index: number, row: number, directory: string): Promise<string>;

  /**
   * The type in which the format holds values of a column of the engine's type `type`. Unsupported when there is none.
   * `source`: name of the format that they come from, which may not have all values of the engine's type.
   */
  held(this: void, type: string, column: string, source?: string): HeldType;
  /** Facts for people about what is written, e.g. `{compression: 'zstd'}`. */
  details(this: void, options: FormatOptions): Record<string, string>;
  /** Options inside COPY ... TO ... (HERE) for chunk `index`. Same bytes for the same rows. */
  copyOptions(index: number, options: FormatOptions): string;
  /** Makes chunk `index`'s result file from what the engine wrote, where the engine cannot write the format itself. */
  encode?(
    file: string,
    directory: string,
    options: FormatOptions,
    index: number,
    secrets?: FormatSecrets,
  ): Promise<string>;
  /** Whether results with these options cannot be joined: all is written in one chunk. */
  undivided?(this: void, options: FormatOptions): boolean;
  /** Reads the local result file and says which bytes are body. */
  layout(file: string): Promise<ResultLayout>;
  /**
   * Table expression over one result file alone, with columns in the order of `columns`, for the checksums of what was
   * written.
   */
  readBack(
    file: string,
    columns: readonly Pick<Column, 'name' | 'type'>[],
    written: WrittenChunk,
  ): Promise<string>;
  /**
   * Of ordered formats, what goes before the body of a chunk when bodies are joined: the brackets and commas of an
   * array. Asked for bodies that are not empty; `first`: all before it are empty.
   */
  opening?(first: boolean, options: FormatOptions): Buffer;
  /** What follows the bodies (a merged footer); empty when nothing does. Chunks in row order. */
  epilogue(chunks: PlacedChunk[], options: FormatOptions): Promise<Buffer>;
  /** Rows in the trailers, to be held against the counted ones; undefined when the format does not tell. */
  rowsInTrailer?(this: void, trailer: Buffer): number;
  /** Rows that the epilogue tells readers of, to be held against the counted ones; cheap also for a large one. */
  rowsInEpilogue?(this: void, epilogue: Buffer): number;
}
