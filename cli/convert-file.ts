import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { withEngine } from '../activities/engine/duckdb.ts';
import { literal, type Engine } from '../activities/engine/engine.ts';
import { engineError } from '../activities/engine/errors.ts';
import { compileSelect, renderSelect } from '../activities/engine/select.ts';
import { TransferError } from '../activities/failures.ts';
import type { Format, RangeReader } from '../activities/formats/format.ts';
import { formatForKey, formatNamed, formatOfContent } from '../activities/registry.ts';
import type { Transform } from '../activities/transforms/transform.ts';
import type { PlanHints, Transformation } from '../workflows/contract.ts';
import type { DuckDBScalarFunction } from '@duckdb/node-api';

/** Bytes for the engine; beyond it spills to disk. */
const ENGINE_MEMORY = 1024 ** 3;
/** Plans that a source may refute before something is wrong; each widens a column. */
const MAX_PLANS = 1000;

/** Names of files; `-` is standard input and output. */
interface Files {
  in: string;
  out: string;
  format?: string;
}

interface Conversion {
  transforms: readonly Transform[];
  transformations: readonly Transformation[];
  /** Those of the engine's functions that the transformations use and only this program has. */
  functions: readonly DuckDBScalarFunction[];
}

/**
 * Transforms a local file as a transfer would, into one of the same format; it appears when it is complete.
 * The number of rows written. Throws TransferErrors.
 */
export async function convertFile(files: Files, conversion: Conversion): Promise<number> {
  const beside = files.out === '-' ? tmpdir() : dirname(files.out);
  const directory = await mkdtemp(join(beside, '.ddc-')).catch(() => {
    throw new TransferError('InvalidOption', `--out: the directory ${beside} cannot be written to`);
  });
  try {
    const input = files.in === '-' ? join(directory, 'input') : files.in;
    if (files.in === '-') await pipeline(process.stdin, createWriteStream(input));
    const reader = await fileReader(input, files.in === '-' ? 'standard input' : files.in);
    const format = await formatOf(reader, files);
    const { file, rows } = await convert(reader, format, directory, conversion);
    if (files.out === '-') await pipeline(createReadStream(file), process.stdout, { end: false });
    else await rename(file, files.out);
    return rows;
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function fileReader(file: string, location: string): Promise<RangeReader> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile() !== true)
    throw new TransferError('ObjectNotFound', `--in: ${location} is not a file that can be read`);
  return {
    location,
    size: found.size,
    read: (start, end) => Promise.resolve(createReadStream(file, { start, end: end - 1 })),
  };
}

async function formatOf(reader: RangeReader, files: Files): Promise<Format> {
  if (files.format !== undefined) return formatNamed(files.format);
  return formatForKey(files.in) ?? formatForKey(files.out) ?? formatOfContent(reader);
}

/** In one chunk: the engine's memory does not grow with it. */
async function convert(
  reader: RangeReader,
  format: Format,
  directory: string,
  conversion: Conversion,
): Promise<{ file: string; rows: number }> {
  let hints: PlanHints = {};
  for (let plans = 1; ; plans += 1) {
    try {
      return await withEngine(
        { directory, memoryLimit: ENGINE_MEMORY, functions: conversion.functions },
        (engine) => attempt(reader, format, hints, directory, conversion, engine),
      );
    } catch (error) {
      if (!(error instanceof TransferError) || error.hints === undefined || plans >= MAX_PLANS) throw error;
      hints = { ...hints, ...error.hints, widen: { ...hints.widen, ...error.hints.widen } };
    }
  }
}

async function attempt(
  reader: RangeReader,
  format: Format,
  hints: PlanHints,
  directory: string,
  { transforms, transformations }: Conversion,
  engine: Engine,
): Promise<{ file: string; rows: number }> {
  const described = await format.describe(reader, {
    chunkBytes: Number.MAX_SAFE_INTEGER,
    maxChunks: 1,
    hints,
    options: {},
    rowNumbers: false,
    engine,
    directory,
  });
  const { columns, cuts, reading } = described;
  const source = { location: reader.location, columns, cuts, reading };
  const select = await compileSelect(described, transformations, transforms, engine);
  const fetched = await format.fetch(reader, source, 0, directory);
  const result = join(directory, 'result');
  try {
    const sql = renderSelect(select, fetched, format.text);
    const rows = await engine.run(`COPY (${sql}) TO ${literal(result)} (${format.copyOptions(0, {})})`);
    return { file: (await format.encode?.(result, directory, {}, 0)) ?? result, rows };
  } catch (error) {
    const known = await format.diagnose(error as Error, source, 0, directory, engine);
    throw known ?? engineError(error as Error, reader.location);
  }
}
