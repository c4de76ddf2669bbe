import { columnPages } from '../../columnar/pages.ts';
import { guarded } from '../../parquet/footer.ts';
import { ThriftError } from '../../parquet/thrift.ts';
import type { ColumnEncoding, ColumnStatistics } from '../messages.ts';
import type { Compression } from './blocks.ts';
import type { WrittenStream } from './column-writer.ts';
import { columnWriter, nestedEncoding } from './columns.ts';
import { LevelReader } from './levels.ts';
import type { OrcColumn } from './orc-schema.ts';

/** One column of a stripe, encoded. */
export interface EncodedColumn {
  id: number;
  streams: WrittenStream[];
  encoding: ColumnEncoding;
  statistics: ColumnStatistics;
}

/** Columns by the leaf whose levels tell of them: each from the outermost to the leaf itself. */
export function columnsByLeaf(columns: readonly OrcColumn[]): OrcColumn[][] {
  const groups: OrcColumn[][] = [];
  const visit = (column: OrcColumn): void => {
    (groups[column.leaf] ??= []).push(column);
    column.children.forEach(visit);
  };
  columns.forEach(visit);
  return groups;
}

/** Turns a Parquet column chunk into the streams of the leaf and of the columns around it that it tells of. */
export function encodeLeaf(
  chunk: Buffer,
  columns: readonly OrcColumn[],
  compression: Compression,
): EncodedColumn[] {
  return guarded('what the engine wrote', () => encode(chunk, columns, compression));
}

function encode(chunk: Buffer, columns: readonly OrcColumn[], compression: Compression): EncodedColumn[] {
  const leaf = columns.at(-1)!;
  const { dictionary, pages } = columnPages(chunk, { definition: leaf.present, repetition: leaf.repetition });
  const values = columnWriter(leaf, dictionary, compression);
  if (values === undefined) throw new ThriftError(`column ${leaf.path} has no values`);
  const levels = columns.map((column) => new LevelReader(column));
  for (const page of pages) {
    for (const level of levels) level.read(page);
    values.write(page);
  }
  const written = values.finish();
  return columns.map((column, index) => {
    const told = levels[index]!.finish(compression);
    if (column !== leaf)
      return { id: column.id, encoding: { kind: nestedEncoding(column.type.kind) }, ...told };
    const { streams, encoding, dictionarySize, statistics } = written;
    return {
      id: column.id,
      streams: [...told.streams, ...streams],
      encoding: { kind: encoding, ...(dictionarySize === undefined ? {} : { dictionarySize }) },
      statistics: { ...told.statistics, ...statistics },
    };
  });
}
