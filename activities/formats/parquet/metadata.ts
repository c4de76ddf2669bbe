import { decodeStruct, encodeStruct, ThriftError, TYPE } from './thrift.ts';
import type { List, Struct } from './thrift.ts';

/** Field ids of parquet.thrift, https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift */
const FILE = { schema: 2, rows: 3, rowGroups: 4, createdBy: 6, encryption: 8 } as const;
const ELEMENT = { repetition: 3, name: 4, children: 5 } as const;
const GROUP = { columns: 1, totalBytes: 2, rows: 3, fileOffset: 5, ordinal: 7 } as const;
const CHUNK = {
  filePath: 1,
  fileOffset: 2,
  metadata: 3,
  pageIndexes: [4, 5, 6, 7],
  encrypted: [8, 9],
} as const;
const COLUMN = { codec: 4, compressedBytes: 7, dataPage: 9, indexPage: 10, dictionaryPage: 11 } as const;
const BLOOM_FILTER = { offset: 14, length: 15 } as const;

const REQUIRED = 0;
const CODECS = ['uncompressed', 'snappy', 'gzip', 'lzo', 'brotli', 'lz4', 'zstd', 'lz4_raw'];

export interface TopLevelColumn {
  name: string;
  nullable: boolean;
}

/** A run of bytes [start, end) of a file. */
export interface Span {
  start: number;
  end: number;
}

export const rowsOf = (group: Struct): number => integer(group, GROUP.rows);
export const uncompressedBytes = (group: Struct): number => integer(group, GROUP.totalBytes);

/** Rows of the file; what it says of itself and of its row groups must agree. */
export function totalRows(file: Struct): number {
  const rows = integer(file, FILE.rows);
  const sum = rowGroups(file).reduce((before, group) => before + rowsOf(group), 0);
  if (sum !== rows) throw new ThriftError(`it says ${rows} rows, but its row groups have ${sum}`);
  return rows;
}

/** What an encoded footer says by itself; its row groups, which follow, are not decoded. */
export function declaredRows(footer: Buffer): number {
  return integer(decodeStruct(footer, FILE.rows), FILE.rows);
}

export function rowGroups(file: Struct): Struct[] {
  return structs(list(file, FILE.rowGroups));
}

/** Key that is equal for equal schemas. */
export function schemaKey(file: Struct): string {
  const schema = file.get(FILE.schema);
  if (schema === undefined) throw new ThriftError('it has no schema');
  return encodeStruct(new Map([[FILE.schema, schema]])).toString('base64');
}

export function createdBy(file: Struct): string | undefined {
  const value = file.get(FILE.createdBy)?.value;
  return Buffer.isBuffer(value) ? value.toString('utf8') : undefined;
}

export function isEncrypted(file: Struct): boolean {
  return (
    file.has(FILE.encryption) || chunks(file).some((chunk) => CHUNK.encrypted.some((id) => chunk.has(id)))
  );
}

/** Whether columns lie in other files (a `_metadata` file). */
export function refersToOtherFiles(file: Struct): boolean {
  return chunks(file).some((chunk) => chunk.has(CHUNK.filePath));
}

export function compressions(file: Struct): string[] {
  const codecs = chunks(file).map((chunk) => integer(metadata(chunk), COLUMN.codec));
  return [...new Set(codecs)].map((codec) => CODECS[codec] ?? `codec ${codec}`);
}

/** The columns of the table: the root's children, without what is nested in them. */
export function topLevelColumns(file: Struct): TopLevelColumn[] {
  const elements = structs(list(file, FILE.schema));
  const columns: TopLevelColumn[] = [];
  /** Elements still to pass over before the next top-level one. */
  let nested = 0;
  for (const element of elements.slice(1)) {
    const children = element.has(ELEMENT.children) ? integer(element, ELEMENT.children) : 0;
    if (nested > 0) {
      nested += children - 1;
      continue;
    }
    const repetition = element.has(ELEMENT.repetition) ? integer(element, ELEMENT.repetition) : REQUIRED;
    columns.push({ name: nameOf(element), nullable: repetition !== REQUIRED });
    nested = children;
  }
  return columns;
}

export function nameOf(element: Struct): string {
  const name = element.get(ELEMENT.name)?.value;
  if (!Buffer.isBuffer(name)) throw new ThriftError('a schema element has no name');
  return name.toString('utf8');
}

/** Where the pages of a row group's columns lie. */
export function columnSpans(group: Struct): Span[] {
  return structs(list(group, GROUP.columns)).map((chunk) => {
    const column = metadata(chunk);
    const pages = [COLUMN.dataPage, COLUMN.indexPage, COLUMN.dictionaryPage]
      .filter((id) => column.has(id))
      .map((id) => integer(column, id))
      // some writers put 0 where there is no such page
      .filter((offset) => offset > 0);
    if (pages.length === 0) throw new ThriftError('a column has no pages');
    const start = Math.min(...pages);
    return { start, end: start + integer(column, COLUMN.compressedBytes) };
  });
}

/**
 * The same row group when its bytes lie `delta(offset)` further on. Page indexes and, unless kept, Bloom
 * filters are left out: they lie outside of the row group's own bytes. So is the ordinal, which only
 * encryption needs and which ends at 32,767.
 */
export function moveRowGroup(
  group: Struct,
  delta: (offset: number) => number,
  options: { keepBloomFilters?: boolean } = {},
): Struct {
  const moved: Struct = new Map(group);
  moveField(moved, GROUP.fileOffset, delta);
  moved.delete(GROUP.ordinal);
  const items = structs(list(group, GROUP.columns)).map((chunk) => {
    const movedChunk: Struct = new Map(chunk);
    moveField(movedChunk, CHUNK.fileOffset, delta);
    for (const id of CHUNK.pageIndexes) movedChunk.delete(id);
    const column: Struct = new Map(metadata(chunk));
    for (const id of [COLUMN.dataPage, COLUMN.indexPage, COLUMN.dictionaryPage]) moveField(column, id, delta);
    if (options.keepBloomFilters === true) moveField(column, BLOOM_FILTER.offset, delta);
    else for (const id of Object.values(BLOOM_FILTER)) column.delete(id);
    movedChunk.set(CHUNK.metadata, { type: TYPE.struct, value: column });
    return movedChunk;
  });
  moved.set(GROUP.columns, { type: TYPE.list, value: { of: TYPE.struct, items } });
  return moved;
}

/** The same file metadata with other row groups. */
export function withRowGroups(file: Struct, groups: readonly Struct[]): Struct {
  const rows = groups.reduce((sum, group) => sum + rowsOf(group), 0);
  return withEncodedRowGroups(file, rows, groups);
}

/** The same for row groups of which some or all are encoded already. */
export function withEncodedRowGroups(
  file: Struct,
  rows: number,
  groups: readonly (Struct | Buffer)[],
): Struct {
  const changed: Struct = new Map(file);
  changed.set(FILE.rows, { type: TYPE.i64, value: BigInt(rows) });
  changed.set(FILE.rowGroups, { type: TYPE.list, value: { of: TYPE.struct, items: [...groups] } });
  return changed;
}

function moveField(struct: Struct, id: number, delta: (offset: number) => number): void {
  if (!struct.has(id)) return;
  const offset = integer(struct, id);
  // always 64 bits: a damaged footer may have it in a type that is too small
  if (offset > 0) struct.set(id, { type: TYPE.i64, value: BigInt(offset + delta(offset)) });
}

function chunks(file: Struct): Struct[] {
  return rowGroups(file).flatMap((group) => structs(list(group, GROUP.columns)));
}

function metadata(chunk: Struct): Struct {
  const value = chunk.get(CHUNK.metadata)?.value;
  if (!(value instanceof Map)) throw new ThriftError('a column has no metadata');
  return value;
}

export function list(struct: Struct, id: number): List {
  const value = struct.get(id)?.value;
  if (typeof value !== 'object' || !('items' in value)) throw new ThriftError(`field ${id} is not a list`);
  return value;
}

export function structs({ items }: List): Struct[] {
  for (const item of items) if (!(item instanceof Map)) throw new ThriftError('a list holds no structures');
  return items as Struct[];
}

/** Counts, sizes and offsets: never negative, never beyond 2^53. */
export function integer(struct: Struct, id: number): number {
  const value = struct.get(id)?.value;
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0) {
    throw new ThriftError(`field ${id} is not a size`);
  }
  return number;
}
