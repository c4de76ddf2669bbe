import type { ColumnEncoding, ColumnStatistics, Stream, StripeInformation } from '../messages.ts';
import { ENCODING } from '../messages.ts';
import { stripeFooter } from '../proto.ts';
import type { Compression } from './blocks.ts';
import { compressSection } from './byte-stream.ts';
import { encodeLeaf } from './leaf.ts';
import type { OrcColumn } from './orc-schema.ts';
import type { Output } from './output.ts';

/** A row group of the Parquet file: its rows, and how to get the bytes of a leaf. */
export interface RowGroup {
  rows: number;
  /** The bytes are good until the next call. */
  read(leaf: number): Promise<Buffer>;
}

export interface WrittenStripe {
  rows: number;
  information: StripeInformation;
  /** By column id. */
  statistics: ColumnStatistics[];
}

/**
 * Writes a row group as one stripe, leaf by leaf: only one leaf's values are in memory, and other work of the process
 * runs in between.
 */
export async function writeStripe(
  group: RowGroup,
  leaves: readonly OrcColumn[][],
  compression: Compression,
  output: Output,
): Promise<WrittenStripe> {
  const offset = output.position;
  const streams: Stream[] = [];
  const encodings: ColumnEncoding[] = [{ kind: ENCODING.direct }];
  const statistics: ColumnStatistics[] = [{ numberOfValues: BigInt(group.rows), hasNull: false }];
  for (const [leaf, columns] of leaves.entries()) {
    for (const encoded of encodeLeaf(await group.read(leaf), columns, compression)) {
      encodings[encoded.id] = encoded.encoding;
      statistics[encoded.id] = encoded.statistics;
      for (const { kind, pieces } of encoded.streams) {
        streams.push({ kind, column: encoded.id, length: BigInt(byteLength(pieces)) });
        await output.write(pieces);
      }
    }
  }
  const dataLength = output.position - offset;
  const footer = stripeFooter.encode({ streams, columns: encodings, writerTimezone: 'UTC', encryption: [] });
  const pieces = compressSection(footer, compression);
  await output.write(pieces);
  return {
    rows: group.rows,
    information: {
      offset: BigInt(offset),
      indexLength: 0n,
      dataLength: BigInt(dataLength),
      footerLength: BigInt(byteLength(pieces)),
      numberOfRows: BigInt(group.rows),
    },
    statistics,
  };
}

const byteLength = (pieces: readonly Buffer[]): number => pieces.reduce((sum, { length }) => sum + length, 0);
