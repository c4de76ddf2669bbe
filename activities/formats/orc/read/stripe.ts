import type { Scratches } from '../../columnar/scratch.ts';
import { STREAM } from '../messages.ts';
import type { ColumnEncoding, StripeFooter } from '../messages.ts';
import { OrcError, stripeFooter } from '../proto.ts';
import { blocksInFile } from './blocks.ts';
import { ByteSource } from './byte-source.ts';
import { wholeOf } from './file.ts';
import type { OrcFile, StripePlace } from './file.ts';
import { sizeOf } from './tail.ts';
import { Zone } from './zone.ts';

/** A stripe in a local file, whose streams can be read column by column. */
export interface Stripe {
  rows: number;
  /** For what is decoded of one column at a time. */
  memory: Scratches;
  /** The writer's. */
  zone: Zone;
  encoding(column: number): ColumnEncoding;
  /** Undefined when the column has no such stream. Every call reads it anew from its begin. */
  open(column: number, stream: number): ByteSource | undefined;
}

/**
 * `file`: descriptor of the local file; `delta`: what to add to positions in the object to find them there.
 * Throws OrcError.
 */
export function openStripe(
  file: number,
  delta: number,
  place: StripePlace,
  orc: OrcFile,
  memory: Scratches,
): Stripe {
  const { decompress } = orc.compression;
  const blocks = (start: number, end: number) =>
    blocksInFile(file, start + delta, end + delta, decompress, orc.blockSize);
  const footer = stripeFooter.decode(wholeOf(blocks(place.footerStart, place.end)));
  if (footer.encryption.length > 0)
    throw new OrcError('it has encrypted columns, of which the footer says nothing');
  const places = streamPlaces(footer, place);
  return {
    rows: place.rows,
    memory,
    zone: new Zone(footer.writerTimezone ?? 'UTC'),
    encoding(column) {
      const encoding = footer.columns[column];
      if (encoding === undefined) throw new OrcError(`it has no encoding of column ${column}`);
      return encoding;
    },
    open(column, stream) {
      const found = places.get(key(column, stream));
      return found === undefined ? undefined : new ByteSource(blocks(found.start, found.end));
    },
  };
}

/** Streams follow one another in the order of the stripe's footer, those of the index first. */
function streamPlaces(footer: StripeFooter, place: StripePlace): Map<string, { start: number; end: number }> {
  const places = new Map<string, { start: number; end: number }>();
  let position = place.start;
  for (const { kind = STREAM.present, column = 0, length } of footer.streams) {
    const end = position + sizeOf(length, place.footerStart - position);
    if (isData(kind)) {
      // what lies before is not in the local file
      if (position < place.dataStart) throw new OrcError(`data of column ${column} lies in the index`);
      places.set(key(column, kind), { start: position, end });
    }
    position = end;
  }
  return places;
}

function isData(kind: number): boolean {
  return kind <= STREAM.secondary;
}

function key(column: number, stream: number): string {
  return `${column}/${stream}`;
}
