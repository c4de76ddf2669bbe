import { open, statfs, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { TransferError } from '../../failures.ts';
import type { ChunkSource, FetchedChunk, RangeReader } from '../format.ts';
import { wholeLines } from '../whole-lines.ts';
import { scanAll, type Scanned } from './blocks.ts';
import { LONGEST_RECORD, LONGEST_WRITTEN } from './parser.ts';
import { parseReading, type Reading } from './reading.ts';
import { readJson } from './relation.ts';
import { withQuotes } from './rewrite.ts';
import { shapeFromJson, shapeToJson, type Shape } from './shape.ts';
import { contentOf, scannerFor } from './source.ts';
import { markQuoted, typeOf } from './types.ts';

const CHUNK_FILE = 'chunk.json';
/** Share of the free scratch that one decompressed object may take: two chunks and their results are there at once. */
const SCRATCH_SHARE = 0.5;
/** Characters of a shape that still go into the failure of an activity; more is found again by a scan. */
const MAX_HINT = 64 * 1024;

/**
 * Brings chunk `index` into a local file of one object a line, and holds every value against the planned types on
 * the way. Throws TypeContradicted with what has been seen, MalformedData with line or byte.
 */
export async function fetch(
  reader: RangeReader,
  source: ChunkSource,
  index: number,
  directory: string,
): Promise<FetchedChunk> {
  const reading = parseReading(source.reading);
  const [start, end] = [source.cuts[index], source.cuts[index + 1]];
  if (start === undefined || end === undefined) throw new RangeError(`no chunk ${index} in the plan`);
  const shape = shapeFromJson(reading.shape);
  if (reading.written !== true) markQuoted(shape);
  const file = join(directory, CHUNK_FILE);
  const longestRecord = reading.written === true ? LONGEST_WRITTEN : LONGEST_RECORD;
  const scanner = scannerFor(reading.layout, {
    shape,
    base: start,
    begins: start === 0,
    ends: end === reader.size,
    targets: [],
    longest: longestRecord,
  });
  let bytesRead = 0;
  let longest = 0;
  const handle = await open(file, 'w');
  try {
    const room = reading.compression === undefined ? Infinity : await roomFor(directory);
    let written = 0;
    const where: Scanned = {
      location: source.location,
      base: start,
      fromFirstLine: start === 0,
      longest: longestRecord,
      onBlock: async (block) => {
        longest = Math.max(longest, block.length);
        written += await writeAll(handle, withQuotes(block, scanner.quotes));
        if (written > room) throw tooLarge(source.location, room);
      },
    };
    // an empty chunk of an array is not even white space
    if (start < end)
      await scanAll(
        bytesOf(reader, reading, start, end, where, (n) => (bytesRead += n)),
        scanner,
        where,
      );
  } finally {
    await handle.close();
  }
  if (reading.written !== true) judgeTypes(shape, source, index, reading.corrected);
  return { relation: readJson(file, source.columns, longest), rows: scanner.rows, bytesRead };
}

function bytesOf(
  reader: RangeReader,
  { layout, compression }: Reading,
  start: number,
  end: number,
  where: Scanned,
  onRead: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  if (compression !== undefined) return contentOf(reader, compression, onRead);
  if (layout === 'lines') {
    return wholeLines(reader, start, end, { read: onRead, begin: (offset) => (where.base = offset) });
  }
  return plainBytes(reader, start, end, onRead);
}

async function* plainBytes(
  reader: RangeReader,
  start: number,
  end: number,
  onRead: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const piece of await reader.read(start, end)) {
    onRead(piece.length);
    yield piece;
  }
}

async function writeAll(handle: FileHandle, pieces: readonly Buffer[]): Promise<number> {
  const wanted = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const bytes = pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces, wanted);
  // unlike write(), goes on when a full disk took a part only, until the call that fails with the reason
  await handle.appendFile(bytes);
  return wanted;
}

async function roomFor(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return Math.floor(bavail * bsize * SCRATCH_SHARE);
}

function tooLarge(location: string, room: number): TransferError {
  return new TransferError(
    'ScratchFull',
    `${location} decompresses to more than ${room} bytes, half of what is free in scratch; give the worker more (DDC_SCRATCH_DIR), or store the object uncompressed or in several`,
  );
}

function judgeTypes(
  shape: Shape,
  { location, columns }: ChunkSource,
  index: number,
  corrected: boolean,
): void {
  const texts = shape.fields.flatMap((field) => {
    const planned = columns[field.index]?.type;
    const type = typeOf(field);
    if (type === planned) return [];
    const name = `column ${JSON.stringify(field.name)}`;
    return planned === undefined
      ? `${name} appears in chunk ${index} and was not planned; it is read as ${type}`
      : `${name} was taken for ${planned}, but chunk ${index} holds other values; it is read as ${type}`;
  });
  if (texts.length === 0) return;
  const seen = shapeToJson(shape);
  const hints = corrected || JSON.stringify(seen).length > MAX_HINT ? { exactCuts: true } : { seen };
  throw new TransferError('TypeContradicted', `${location}: ${listed(texts)}`, { hints });
}

/** The first of many, which may have long types. */
function listed(texts: readonly string[]): string {
  const shown = texts.slice(0, 3).map((text) => (text.length > 500 ? `${text.slice(0, 500)}...` : text));
  return [...shown, ...(texts.length > 3 ? [`${texts.length - 3} more columns`] : [])].join('; ');
}
