import type { FormatOptions } from '../../workflows/contract/formats.ts';
import type { CompiledSelect } from '../engine/select.ts';
import type { ChunkSource, Column } from '../formats/format.ts';
import type { Snapshot } from './snapshot.ts';
import type { VerbatimPlan } from './verbatim/work.ts';

/**
 * What a run will do, computed before any byte moves. Plain JSON; a chunk's result bytes are a pure
 * function of it and the chunk's number. Several chunks: kept beside the ledger. One: in the history.
 */
export type Plan = TabularPlan | VerbatimPlan;

/** A copy of rows. */
export interface TabularPlan {
  kind: 'tabular';
  source: PlannedSource;
  select: CompiledSelect;
  destination: PlannedDestination;
  /** See secret-mark.ts. */
  secretMark?: string;
}

export interface PlannedSource {
  format: string;
  /** Of the data set: those of all objects, united by name, and those of Hive partitions. */
  columns: Column[];
  /** Whether the columns are given ones, which the values must fit. */
  given?: boolean;
  /** Present when only the last change of every key is copied: all is read in one chunk. */
  snapshot?: Snapshot;
  /** The distinct column lists of the objects. */
  schemas: Column[][];
  objects: PlannedObject[];
  /** Chunk -> what is read for it: a part of one large object, or several small objects. */
  chunks: Piece[][];
}

export interface PlannedObject {
  key: string;
  /** Pins the version: every read carries it. */
  etag: string;
  /** Bytes. */
  size: number;
  /** Index into the source's `schemas`. */
  schema: number;
  /** See SourceDescription. */
  cuts: number[];
  firstRows?: number[];
  reading: unknown;
  /** Values of Hive partition columns, as the path spells them. */
  partition?: PartitionValues;
}

/** Partition column -> its value as text; null for NULL. */
export type PartitionValues = Record<string, string | null>;

/** Chunk `index` (of its cuts) of an object. */
export interface Piece {
  object: number;
  index: number;
}

export interface PlannedDestination {
  format: string;
  options: FormatOptions;
  /** Of the one object. */
  key: string;
  /** ETag of the object that lies at the key and may be replaced; absent when there is none. */
  replaces?: string;
  /** Of the one object's multipart upload; absent for a run of one chunk. */
  uploadId?: string;
  /** Present when the result is several objects: bodies are kept beside the ledger and joined at publish. */
  objects?: PlannedObjects;
}

/** How the result is divided into objects below `prefix`. */
export interface PlannedObjects {
  /** Ends with `/`. */
  prefix: string;
  /** Begin of the objects' names, e.g. `part-`. */
  name: string;
  /** With the dot, e.g. `.parquet`. */
  extension: string;
  partitionBy: string[];
  dropPartitionColumns: boolean;
  /** Bytes; an object is ended before the body that would take it beyond. */
  maxObjectSize?: number;
  /** What every object begins with (a header line) and the trailer that goes with it; Base64. */
  prologue: { body: string; trailer: string };
}

export const chunkCount = (plan: Plan): number =>
  (plan.kind === 'tabular' ? plan.source : plan).chunks.length;

/** Whether one request makes the whole result. */
export function isWhole(plan: Plan): boolean {
  if (plan.kind === 'tabular') return chunkCount(plan) === 1 && plan.destination.objects === undefined;
  const [only] = plan.objects;
  return plan.prefix === undefined && !plan.serverSide && only?.partBytes === undefined;
}

/** Of the object that is then the whole result. */
export const wholeKey = (plan: Plan): string =>
  plan.kind === 'tabular' ? plan.destination.key : plan.objects[0]!.target;

export interface RecordedUpload {
  key: string;
  uploadId: string;
}

/** The uploads that a plan has opened. */
export function uploadsOf(plan: Plan): RecordedUpload[] {
  const opened =
    plan.kind === 'tabular'
      ? [plan.destination]
      : plan.objects.map(({ target, uploadId }) => ({ key: target, uploadId }));
  return opened.flatMap(({ key, uploadId }) => (uploadId === undefined ? [] : [{ key, uploadId }]));
}

/** What travels through the history. */
export type PlanReference<T = Plan> = { kind: 'inline'; plan: T } | { kind: 'stored'; key: string };

/** A piece with all that reading it takes. */
export interface PieceWork {
  object: Pick<PlannedObject, 'key' | 'etag' | 'size'>;
  source: ChunkSource;
  index: number;
  /** Number of its first row in the object, where it is known. */
  firstRow?: number;
  partition?: PartitionValues;
}

/** In order: partition columns may be in the paths only. */
export function columnsWritten({
  select,
  destination: { objects },
}: Pick<TabularPlan, 'select' | 'destination'>): CompiledSelect['columns'] {
  const dropped = objects?.dropPartitionColumns === true ? objects.partitionBy : [];
  return select.columns.filter(({ name }) => !dropped.includes(name));
}

/** Whether rows may be read that are not written. */
export const dropsRows = (select: CompiledSelect, snapshot: Snapshot | undefined): boolean =>
  snapshot !== undefined || select.layers.some((layer) => layer.where !== undefined);

/** The share of a plan that one chunk needs. */
export interface ChunkWork {
  chunk: number;
  format: string;
  columns: Column[];
  given?: boolean;
  snapshot?: Snapshot;
  pieces: PieceWork[];
  select: CompiledSelect;
  destination: PlannedDestination;
}

/** `location` names an object in messages. */
export function chunkWork(plan: TabularPlan, chunk: number, location: (key: string) => string): ChunkWork {
  const { format, columns, given = false, snapshot } = plan.source;
  return {
    chunk,
    format,
    columns,
    ...(given ? { given } : {}),
    ...(snapshot === undefined ? {} : { snapshot }),
    pieces: pieceWorks(plan.source, chunk, location),
    select: plan.select,
    destination: plan.destination,
  };
}

export function pieceWorks(
  { schemas, objects, chunks }: Pick<PlannedSource, 'schemas' | 'objects' | 'chunks'>,
  chunk: number,
  location: (key: string) => string,
): PieceWork[] {
  return chunks[chunk]!.map(({ object: number, index }): PieceWork => {
    const { key, etag, size, schema, cuts, reading, firstRows, partition } = objects[number]!;
    return {
      object: { key, etag, size },
      source: { location: location(key), columns: schemas[schema]!, cuts, reading },
      index,
      ...(firstRows === undefined ? {} : { firstRow: firstRows[index]! }),
      ...(partition === undefined ? {} : { partition }),
    };
  });
}
