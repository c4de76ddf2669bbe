import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withEngine } from '../../activities/engine/duckdb.ts';
import { literal } from '../../activities/engine/engine.ts';
import type { Engine } from '../../activities/engine/engine.ts';
import type {
  ChunkSource,
  Format,
  FormatSecrets,
  PlacedChunk,
  RangeReader,
  SourceDescription,
} from '../../activities/formats/format.ts';
import type { PlanHints } from '../../workflows/contract.ts';
import type { FormatOptions } from '../../workflows/contract/formats.ts';

/** An object in memory that counts what is read of it, and hands bytes out in pieces of `piece` bytes. */
export class MemoryReader implements RangeReader {
  readonly location: string;
  reads = 0;
  bytesRead = 0;
  readonly #bytes: Buffer;
  readonly #piece: number;

  constructor(bytes: Buffer | string, options: { location?: string; piece?: number } = {}) {
    this.#bytes = Buffer.from(bytes);
    this.location = options.location ?? 's3://bucket/key';
    this.#piece = options.piece ?? 64 * 1024;
  }

  get size(): number {
    return this.#bytes.length;
  }

  async read(start: number, end: number): Promise<AsyncIterable<Uint8Array>> {
    if (start < 0 || start >= end || end > this.size) throw new RangeError(`bad range ${start}-${end}`);
    this.reads++;
    this.bytesRead += end - start;
    return this.#pieces(this.#bytes.subarray(start, end));
  }

  async *#pieces(bytes: Buffer): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += this.#piece) yield bytes.subarray(at, at + this.#piece);
  }
}

export interface Workbench {
  engine: Engine;
  directory: string;
}

/** A directory and an engine that sees it, as a chunk attempt has them; both go when `work` ends. */
export async function withWorkbench<T>(work: (bench: Workbench) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'ddc-format-'));
  try {
    return await withEngine({ directory, memoryLimit: 512e6 }, (engine) => work({ engine, directory }));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

export async function describeSource(
  format: Format,
  reader: RangeReader,
  { engine, directory }: Workbench,
  options: {
    chunkBytes?: number;
    maxChunks?: number;
    hints?: PlanHints;
    options?: FormatOptions;
    rowNumbers?: boolean;
    secrets?: FormatSecrets;
  } = {},
): Promise<SourceDescription> {
  const given = {
    chunkBytes: 64 * 1024 * 1024,
    maxChunks: 10_000,
    hints: {},
    options: {},
    rowNumbers: false,
  };
  return format.describe(reader, { ...given, ...options, engine, directory });
}

export interface ReadBack {
  description: SourceDescription;
  rows: unknown[][];
  /** Rows of each chunk as the format counted them. */
  counts: number[];
}

/** Describes, fetches and reads every chunk; the typed values, or the texts. */
export async function readAll(
  format: Format,
  reader: RangeReader,
  bench: Workbench,
  options: Parameters<typeof describeSource>[3] & { as?: 'values' | 'text' } = {},
): Promise<ReadBack> {
  const description = await describeSource(format, reader, bench, options);
  const source: ChunkSource = { location: reader.location, ...description };
  const rows: unknown[][] = [];
  const counts: number[] = [];
  for (let index = 0; index < description.cuts.length - 1; index++) {
    const chunk = await format.fetch(reader, source, index, chunkDirectory(bench), options.secrets);
    const relation = options.as === 'text' ? (chunk.textRelation ?? chunk.relation) : chunk.relation;
    const found = await bench.engine.query(`SELECT * FROM ${relation}`);
    counts.push(chunk.rows);
    for (const row of found) rows.push(Object.values(row));
  }
  return { description, rows, counts };
}

/** A directory of one chunk attempt; the engine caches files by their path. */
export function chunkDirectory({ directory }: Workbench): string {
  return mkdtempSync(join(directory, 'chunk-'));
}

export interface Joined {
  object: Buffer;
  chunks: PlacedChunk[];
}

/**
 * Writes every query as one chunk and joins the results as publish does. `order`: the chunks' physical order,
 * `padding`: bytes between bodies; both only for formats whose footer places the rows.
 */
export async function writeObject(
  format: Pick<Format, 'copyOptions' | 'encode' | 'layout' | 'opening' | 'epilogue'>,
  queries: readonly string[],
  { engine, directory }: Workbench,
  options: { order?: readonly number[]; padding?: number; options?: FormatOptions } = {},
): Promise<Joined> {
  const given = options.options ?? {};
  const written = [];
  for (const [index, query] of queries.entries()) {
    const file = join(directory, `result-${index}`);
    await engine.run(`COPY (${query}) TO ${literal(file)} (${format.copyOptions(index, given)})`);
    const encoded = (await format.encode?.(file, directory, given, index)) ?? file;
    const { start, end, trailer } = await format.layout(encoded);
    written.push({ body: readFileSync(encoded).subarray(start, end), trailer });
  }
  const pieces: Buffer[] = [];
  const chunks: PlacedChunk[] = [];
  let position = 0;
  let first = true;
  for (const index of options.order ?? written.keys()) {
    const { trailer } = written[index]!;
    let { body } = written[index]!;
    if (body.length > 0) {
      body = Buffer.concat([format.opening?.(first, given) ?? Buffer.alloc(0), body]);
      first = false;
    }
    chunks[index] = { position, bodyBytes: body.length, trailer };
    const padded = Buffer.concat([body, Buffer.alloc(options.padding ?? 0)]);
    pieces.push(padded);
    position += padded.length;
  }
  return { object: Buffer.concat([...pieces, await format.epilogue(chunks, given)]), chunks };
}
