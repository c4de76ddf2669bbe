import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { convertChunk } from '../../activities/batch/convert.ts';
import { describeSource } from '../../activities/batch/describe-source.ts';
import { holdColumns } from '../../activities/batch/hold-columns.ts';
import { describeAt, verifyAt } from '../../activities/batch/full/rows.ts';
import { chunkWork, columnsWritten, pieceWorks } from '../../activities/batch/plan.ts';
import { identifier } from '../../activities/engine/engine.ts';
import { compileSelect } from '../../activities/engine/select.ts';
import { arrowType } from '../../activities/formats/arrow-types.ts';
import type { Column, Format } from '../../activities/formats/format.ts';
import { formatNamed } from '../../activities/registry.ts';
import { TRANSFORMS } from '../../activities/transforms/all.ts';
import type { ObjectStore } from '../../activities/stores/object-store.ts';
import { NO_SECRETS } from '../../activities/transforms/secrets.ts';
import type { TechnicalMetadata } from '../../workflows/contract/metadata.ts';
import { allTypes } from './all-types.ts';
import { chunkDirectory, MemoryReader, writeObject, type Workbench } from './files.ts';

export const FORMATS = ['csv', 'json', 'orc', 'parquet'] as const;
export type FormatName = (typeof FORMATS)[number];

/** What becomes of one column in a copy. */
export interface Fate {
  /** Arrow's names of the types in the source, and in the copy as a reader finds it. */
  from: string;
  to: string;
  /** `values`: all come back, as the type they had or as the same text. */
  kept: 'values' | 'changed' | 'refused';
}

export interface PairResult {
  fates: Map<string, Fate>;
  /** What the status of such a transfer says. */
  destination: Pick<TechnicalMetadata, 'columns' | 'conversions'>;
  /** By column, of what was written and of the copy as verification finds it. */
  checksums: Record<'written' | 'verified', Map<string, string>>;
}

/** An object of `format` with all columns of all types that it holds, and the names of those that it does not. */
export async function sourceOf(
  format: FormatName,
  bench: Workbench,
): Promise<{ object: Buffer; held: string[]; lacking: string[] }> {
  const to = formatNamed(format);
  const columns = allTypes().map((column) => ({ ...column, held: heldType(to, column.type, column.name) }));
  const held = columns.filter((column) => column.held !== undefined);
  const select = held.map(
    ({ name, held: type }, index) => `CAST(c${index}.x AS ${type}) AS ${identifier(name)}`,
  );
  const from = held.map(({ query }, index) => `(${query}) AS c${index}`).join(' POSITIONAL JOIN ');
  const { object } = await writeObject(to, [`SELECT ${select.join(', ')} FROM ${from}`], bench);
  const names = (which: typeof columns): string[] => which.map(({ name }) => name);
  return { object, held: names(held), lacking: names(columns.filter((column) => column.held === undefined)) };
}

/** Copies an object as plan and chunk do, reads the copy, and holds it against the source. */
export async function copyPair(
  object: Buffer,
  from: FormatName,
  to: FormatName,
  bench: Workbench,
): Promise<PairResult> {
  const store = storeOf(object);
  const key = `in.${from}`;
  const target = formatNamed(to);
  const { planned } = await describeSource(
    store,
    { objects: [{ key, size: object.length, etag: 'e' }], prefix: '' },
    {
      options: {},
      hints: {},
      rowNumbers: false,
      secrets: {},
      chunkBytes: 64 * 2 ** 20,
      engine: bench.engine,
      directory: chunkDirectory(bench),
    },
  );
  const refused = planned.columns.filter(({ type, name }) => heldType(target, type, name) === undefined);
  const remove = { action: 'RemoveColumns', columns: refused.map(({ name }) => name), options: {} };
  const steps = refused.length === 0 ? [] : [remove];
  const select = await compileSelect(planned, steps, TRANSFORMS, bench.engine);
  const held = holdColumns(select, target, from);
  const destination = { format: to, options: {}, key: `out.${to}` };
  const plan = { kind: 'tabular' as const, source: planned, select: held.select, destination };
  const directory = mkdtempSync(join(bench.directory, 'convert-'));
  const settings = { scratchDirectory: directory, engineMemory: 512e6, chunkBytes: 64 * 2 ** 20 };
  const work = chunkWork(plan, 0, (name) => store.location(name));
  const { files, checksums } = await convertChunk(store, work, directory, settings, {
    ...NO_SECRETS,
    source: {},
    destination: {},
  });
  const copy = await joined(target, files[0]!.path);

  const source = await tableOf('source_rows', formatNamed(from), object, bench);
  const found = await tableOf('copied_rows', target, copy, bench);
  const fates = new Map<string, Fate>();
  for (const column of source) {
    const back = found.find(({ name }) => name === column.name);
    fates.set(column.name, {
      from: arrowType(column.type),
      to: back === undefined ? '' : arrowType(back.type),
      kept: back === undefined ? 'refused' : await compared(column, bench),
    });
  }
  const { columns, conversions } = held;
  const names = columnsWritten(plan).map(({ name }) => name);
  const verified = await verifiedSums(copy, to, columnsWritten(plan), bench);
  return {
    fates,
    destination: { columns, conversions },
    checksums: { written: byName(names, checksums), verified: byName(names, verified) },
  };
}

const byName = (names: readonly string[], sums: readonly string[]): Map<string, string> =>
  new Map(names.map((name, index) => [name, sums[index]!]));

/** As `verify: full` reads a published object back. */
async function verifiedSums(
  copy: Buffer,
  format: FormatName,
  columns: { name: string; type: string }[],
  bench: Workbench,
): Promise<string[]> {
  const store = storeOf(copy);
  const settings = { engineMemory: 512e6, chunkBytes: 64 * 2 ** 20 };
  const objects = [{ key: `out.${format}`, etag: 'e', bytes: copy.length }];
  const job = { secrets: {}, format, options: {}, columns, objects };
  const planned = await describeAt(store, chunkDirectory(bench), job, settings);
  const pieces = pieceWorks(planned, 0, (name) => store.location(name));
  const work = { chunk: 0, secrets: {}, format, pieces, columns };
  return (await verifyAt(store, chunkDirectory(bench), work, settings)).sums;
}

function heldType(format: Format, type: string, column: string): string | undefined {
  try {
    return format.held(type, column, format.name).type;
  } catch {
    return undefined;
  }
}

async function joined(format: Format, file: string): Promise<Buffer> {
  const { start, end, trailer } = await format.layout(file);
  const body = readFileSync(file).subarray(start, end);
  const chunk = { position: 0, bodyBytes: body.length, trailer };
  const opening = format.opening?.(true, {}) ?? Buffer.alloc(0);
  return Buffer.concat([opening, body, await format.epilogue([chunk], {})]);
}

/** Reads an object as a source into a table. */
async function tableOf(table: string, format: Format, object: Buffer, bench: Workbench): Promise<Column[]> {
  const { engine } = bench;
  const reader = new MemoryReader(object);
  const directory = chunkDirectory(bench);
  const description = await format.describe(reader, {
    chunkBytes: 64 * 2 ** 20,
    maxChunks: 1,
    hints: {},
    options: {},
    rowNumbers: false,
    engine,
    directory,
  });
  const source = { location: reader.location, ...description };
  const { relation } = await format.fetch(reader, source, 0, chunkDirectory(bench));
  await engine.run(`CREATE OR REPLACE TEMP TABLE ${table} AS SELECT * FROM ${relation}`);
  return description.columns;
}

async function compared({ name, type }: Column, { engine }: Workbench): Promise<'values' | 'changed'> {
  const [before, after] = [`s.${identifier(name)}`, `c.${identifier(name)}`];
  const typed = `bool_and(TRY_CAST(${after} AS ${type}) IS NOT DISTINCT FROM ${before})`;
  const text = `bool_and(CAST(${after} AS VARCHAR) IS NOT DISTINCT FROM CAST(${before} AS VARCHAR))`;
  const from = 'source_rows AS s POSITIONAL JOIN copied_rows AS c';
  const [row] = await engine.query(`SELECT ${typed} OR ${text} AS same, count(*) AS n FROM ${from}`);
  return row?.['same'] === true ? 'values' : 'changed';
}

/** As much of a store as describing and reading take. */
function storeOf(object: Buffer): ObjectStore {
  const location = (key: string): string => `s3://bucket/${key}`;
  const open = (): MemoryReader => new MemoryReader(object);
  return { endpoint: 'memory', bucket: 'bucket', location, open } as unknown as ObjectStore;
}
