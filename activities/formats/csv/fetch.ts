import { join } from 'node:path';
import type { ChunkSource, FetchedChunk, RangeReader } from '../format.ts';
import { decoderOf } from './decoder.ts';
import type { Dialect } from './dialect.ts';
import { judge } from './judge.ts';
import { unifyLineEnds } from './line-ends.ts';
import { parseReading } from './reading.ts';
import type { Reading } from './reading.ts';
import { records } from './records.ts';
import type { Piece } from './records.ts';
import { readCsv } from './relation.ts';
import type { Lines } from './relation.ts';
import { Scanner } from './scanner.ts';
import { decompressedObject } from './whole.ts';
import { writeChunkFile } from './chunk-file.ts';

/** Name of a fetched chunk in its directory. */
export const CHUNK_FILE = 'chunk.csv';

/** Brings chunk `index` as UTF-8 into a local file and judges it on the way. */
export async function fetch(
  reader: RangeReader,
  source: ChunkSource,
  index: number,
  directory: string,
): Promise<FetchedChunk> {
  const reading = parseReading(source.reading);
  const { dialect } = reading;
  const file = join(directory, CHUNK_FILE);
  const scanner = new Scanner(source.columns.length, { dialect });
  let bytesRead = 0;
  const pieces = piecesOf(reader, source, index, reading, (bytes) => (bytesRead += bytes));
  await writeChunkFile(file, scanned(pieces, reading, reader.location, scanner));
  await judge({ source, index, scanner, file });
  const lines = await lineEnds(directory, file, scanner, dialect);
  const texts = source.columns.map(({ name }) => ({ name, type: 'VARCHAR' }));
  return {
    relation: readCsv(lines.file, source.columns, lines, dialect),
    textRelation: readCsv(lines.file, texts, lines, dialect),
    rows: scanner.records,
    bytesRead,
  };
}

/**
 * Of a mixture of line ends the engine makes sense in a mode in which an escape counts outside of quotes, too: where
 * there is one, its file has one kind.
 */
async function lineEnds(
  directory: string,
  file: string,
  { crlf, lf, longestRecord }: Scanner,
  dialect: Dialect,
): Promise<Lines & { file: string }> {
  if (crlf === 0 || lf === 0 || dialect.escape === dialect.quote) return { file, crlf, lf, longestRecord };
  const unified = join(directory, 'unified.csv');
  await unifyLineEnds(file, unified, dialect);
  return { file: unified, crlf: 0, lf: crlf + lf, longestRecord };
}

function piecesOf(
  reader: RangeReader,
  { cuts }: ChunkSource,
  index: number,
  { exact, encoding, compression, dataStart }: Reading,
  onRead: (bytes: number) => void,
): AsyncIterable<Piece> {
  const [start, end] = [cuts[index], cuts[index + 1]];
  if (start === undefined || end === undefined) throw new RangeError(`no chunk ${index} in the plan`);
  if (compression !== 'none') return decompressedObject(reader, { compression, dataStart }, onRead);
  const last = index === cuts.length - 2;
  const bounds = { start, end, startExact: exact || index === 0, endExact: exact || last };
  return records(reader, bounds, encoding, onRead);
}

/** What is read as UTF-8, and scanned. */
async function* scanned(
  pieces: AsyncIterable<Piece>,
  { encoding }: Reading,
  location: string,
  scanner: Scanner,
): AsyncGenerator<Uint8Array> {
  let decoder: ReturnType<typeof decoderOf> | undefined;
  for await (const { at, bytes } of pieces) {
    decoder ??= decoderOf(encoding, location, at);
    const text = decoder.push(bytes);
    scanner.push(text);
    yield text;
  }
  decoder?.finish();
  scanner.finish();
}
