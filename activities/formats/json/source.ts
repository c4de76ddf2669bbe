import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { TransferError } from '../../failures.ts';
import { decompressor, type Compression } from '../compression.ts';
import type { RangeReader } from '../format.ts';
import { readInOrder } from '../ranges.ts';
import { ElementScanner } from './elements.ts';
import { LineScanner } from './lines.ts';
import type { Reading } from './reading.ts';
import type { ScanOptions, Scanner } from './scanner.ts';
import type { Shape } from './shape.ts';

/** An object with its layout, and what has been seen of its values. */
export interface Source {
  reader: RangeReader;
  layout: Reading['layout'];
  compression: Compression | undefined;
  shape: Shape;
}

export function scannerFor(layout: Reading['layout'], options: ScanOptions): Scanner {
  return layout === 'lines' ? new LineScanner(options) : new ElementScanner(options);
}

/** All bytes of the object in order, decompressed. What is not asked for is not read. */
export async function* contentOf(
  reader: RangeReader,
  compression: Compression | undefined,
  onRead: (bytes: number) => void = () => undefined,
): AsyncGenerator<Uint8Array> {
  const stored = counted(readInOrder(reader, 0, reader.size), onRead);
  if (compression === undefined) {
    yield* stored;
    return;
  }
  const decompress = decompressor(compression);
  const fed = pipeline(Readable.from(stored), decompress);
  // its failure reaches the loop below, too
  fed.catch(() => undefined);
  try {
    for await (const piece of decompress) yield piece as Uint8Array;
    await fed;
  } catch (error) {
    if (error instanceof TransferError) throw error;
    throw new TransferError(
      'MalformedData',
      `${reader.location} cannot be decompressed: it is no complete ${compression} stream (${(error as Error).message})`,
      { cause: error },
    );
  }
}

async function* counted(
  pieces: AsyncIterable<Uint8Array>,
  onRead: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    onRead(piece.length);
    yield piece;
  }
}
