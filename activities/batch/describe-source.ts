import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import type { PlanHints } from '../../workflows/contract.ts';
import type { FormatOptions } from '../../workflows/contract/formats.ts';
import type { ColumnSchema, TechnicalMetadata } from '../../workflows/contract/metadata.ts';
import type { Engine } from '../engine/engine.ts';
import { TransferError } from '../failures.ts';
import { arrowType } from '../formats/arrow-types.ts';
import type { Column, DescribeOptions, Format, FormatSecrets, SourceDescription } from '../formats/format.ts';
import { formatForKey, formatNamed, formatOfContent } from '../registry.ts';
import type { ListedObject, ObjectStore } from '../stores/object-store.ts';
import { MAX_CHUNKS } from './assembly.ts';
import { groupPieces } from './chunks.ts';
import type { FoundSource } from './find-source.ts';
import { givenColumns, withGivenSchema } from './given-schema.ts';
import { partitionColumns, partitionOf } from './hive.ts';
import type { PlannedObject, PlannedSource } from './plan.ts';
import { commonType, uniteColumns } from './unite.ts';

/** Objects that are looked into at the same time. */
const PARALLEL = 16;
/** Of many objects with the same oddity. */
const MAX_WARNINGS = 10;

export interface DescribeSourceOptions {
  dataFormat?: string;
  /** What the source must be. */
  schema?: readonly ColumnSchema[];
  options: FormatOptions;
  hints: PlanHints;
  rowNumbers: boolean;
  /** See DescribeOptions. */
  written?: DescribeOptions['written'];
  secrets: FormatSecrets;
  chunkBytes: number;
  engine: Engine;
  directory: string;
}

export interface DescribedSource {
  planned: PlannedSource;
  metadata: TechnicalMetadata;
  warnings: string[];
}

/** Looks into every object of a source: one schema, and how to cut it. */
export async function describeSource(
  store: ObjectStore,
  { objects, prefix }: FoundSource,
  options: DescribeSourceOptions,
): Promise<DescribedSource> {
  const format = await formatOf(store, objects, options.dataFormat);
  const bytes = objects.reduce((sum, { size }) => sum + size, 0);
  // half of the chunks for what large objects are cut into, half for groups of small ones
  const chunkBytes =
    objects.length === 1 ? options.chunkBytes : Math.max(options.chunkBytes, (2 * bytes) / MAX_CHUNKS);
  const given = options.schema && givenColumns(options.schema);
  const hints = given === undefined ? options.hints : readAsText(given, options.hints);
  const described = await describeAll(store, format, objects, { ...options, hints, chunkBytes });

  const own = uniteColumns(
    described.map(({ columns }, index) => ({ location: store.location(objects[index]!.key), columns })),
    // what one writer has written goes together, whatever it is read as
    options.written === undefined ? (format.uniteTypes ?? commonType) : (type) => type,
  );
  const partitions = objects.map(({ key }) =>
    prefix === '' ? undefined : partitionOf(key.slice(prefix.length)),
  );
  const found = [...own, ...partitionColumns(partitions, own)];
  const location = store.location(prefix === '' ? objects[0]!.key : prefix);
  const columns = given === undefined ? found : withGivenSchema(given, found, format, location);
  const schemas: Column[][] = [];
  const planned = objects.map(({ key, etag, size }, index): PlannedObject => {
    const { cuts, reading, columns: ownColumns } = described[index]!;
    const firstRows = options.rowNumbers ? firstRowsOf(described[index]!, store.location(key)) : undefined;
    const read = format.uniteTypes === undefined ? ownColumns : withTypesOf(ownColumns, own);
    const partition = partitions[index];
    return {
      key,
      etag,
      size,
      schema: indexOf(schemas, read),
      cuts,
      reading,
      ...(firstRows === undefined ? {} : { firstRows }),
      ...(partition === undefined ? {} : { partition }),
    };
  });
  const counted = described.every(({ rows }) => rows !== undefined);
  const conversions = [...new Set(described.flatMap((found) => found.conversions ?? []))];
  return {
    planned: {
      format: format.name,
      columns,
      ...(given === undefined ? {} : { given: true }),
      schemas,
      objects: planned,
      chunks: groupPieces(planned, chunkBytes, MAX_CHUNKS),
    },
    metadata: {
      format: format.name,
      columns: columns.map((column) => ({ ...column, type: arrowType(column.type) })),
      bytes,
      objects: objects.length,
      ...(counted ? { rows: described.reduce((sum, { rows }) => sum + rows!, 0) } : {}),
      ...(conversions.length === 0 ? {} : { conversions }),
      details: described[0]!.details,
    },
    warnings: [...new Set(described.flatMap((found) => found.warnings ?? []))].slice(0, MAX_WARNINGS),
  };
}

async function describeAll(
  store: ObjectStore,
  format: Format,
  objects: readonly ListedObject[],
  options: DescribeSourceOptions,
): Promise<SourceDescription[]> {
  const { chunkBytes, hints, options: given, rowNumbers, written, secrets, engine } = options;
  return pLimit(PARALLEL).map(objects, async (object, index) => {
    const directory = join(options.directory, `object-${index}`);
    await mkdir(directory);
    const reader = store.open(object);
    return format.describe(reader, {
      chunkBytes,
      maxChunks: MAX_CHUNKS,
      hints,
      options: given,
      rowNumbers,
      ...(written === undefined ? {} : { written }),
      secrets,
      engine,
      directory,
    });
  });
}

/** As said in the resource, else by the keys' extensions, else by the first object's content. */
async function formatOf(
  store: ObjectStore,
  objects: readonly ListedObject[],
  given: string | undefined,
): Promise<Format> {
  if (given !== undefined) return formatNamed(given);
  const known = objects.flatMap(({ key }) => {
    const format = formatForKey(key);
    return format === undefined ? [] : [{ key, format }];
  });
  const [first] = known;
  if (first === undefined) return formatOfContent(store.open(objects[0]!));
  const other = known.find(({ format }) => format !== first.format);
  if (other !== undefined)
    throw new TransferError(
      'MalformedData',
      `${store.location(first.key)} is ${first.format.name} but ${store.location(other.key)} is ${other.format.name}; a data set has one format: name a prefix that holds only one, or set dataFormat`,
    );
  return first.format;
}

/** Where types are inferred from text, that text must fit the given ones, whatever it looks like. */
function readAsText(given: readonly Column[], hints: PlanHints): PlanHints {
  return { ...hints, widen: Object.fromEntries(given.map(({ name }) => [name, 'VARCHAR'])) };
}

function withTypesOf(columns: readonly Column[], united: readonly Column[]): Column[] {
  return columns.map((column) => ({
    ...column,
    type: united.find(({ name }) => name === column.name)!.type,
  }));
}

function indexOf(schemas: Column[][], columns: Column[]): number {
  const key = JSON.stringify(columns);
  const known = schemas.findIndex((schema) => JSON.stringify(schema) === key);
  return known >= 0 ? known : schemas.push(columns) - 1;
}

/** One chunk begins with row 0; several need a format that counts. */
function firstRowsOf({ firstRows, cuts }: SourceDescription, location: string): number[] {
  if (firstRows !== undefined) return firstRows;
  if (cuts.length === 2) return [0];
  throw new TransferError(
    'Unsupported',
    `${location}: SampleRows needs the rows numbered, which this format does not do for objects of several chunks`,
  );
}
