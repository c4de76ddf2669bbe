import { createReadStream, createWriteStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { FormatOptions } from '../../../workflows/contract/formats.ts';
import { compressor, type Compression } from '../compression.ts';
import type { PlacedChunk, ResultLayout } from '../format.ts';
import { refuseLongRecords } from './long-records.ts';
import { holdsNotANumber, quoteNotANumbers } from './not-a-number.ts';

/** As the engine writes arrays. Alone in a member or frame where the object is compressed: bodies are cut out. */
const OPENING = '[\n\t';
const SEPARATOR = ',\n\t';
const CLOSING = '\n]\n';

export function copyOptions(options: FormatOptions): string {
  return isArray(options) ? 'FORMAT json, ARRAY true' : 'FORMAT json';
}

/** What the engine wrote with NaN and infinities as strings, because JSON has no such numbers, and compressed. */
export async function encode(file: string, directory: string, options: FormatOptions): Promise<string> {
  const repaired = (await holdsNotANumber(file)) ? join(directory, 'numbers.json') : file;
  if (repaired !== file)
    await pipeline(createReadStream(file), quoteNotANumbers, createWriteStream(repaired));
  await refuseLongRecords(repaired);
  const compression = compressionOf(options);
  if (compression === undefined) return repaired;
  const encoded = join(directory, `result.${compression}`);
  const { size } = await stat(repaired);
  const [start, end] = isArray(options) ? [OPENING.length, size - CLOSING.length] : [0, size];
  const handle = await open(encoded, 'w');
  try {
    if (isArray(options)) await handle.appendFile(packed(OPENING, compression));
    // the lines of no rows are an empty member, a valid file of its own; a body of an array may be missing
    if (start < end || !isArray(options)) {
      const body = start < end ? createReadStream(repaired, { start, end: end - 1 }) : [];
      await pipeline(body, compressor(compression), async (pieces: AsyncIterable<Buffer>) => {
        for await (const piece of pieces) await handle.appendFile(piece);
      });
    }
    if (isArray(options)) await handle.appendFile(packed(CLOSING, compression));
  } finally {
    await handle.close();
  }
  return encoded;
}

/** The body is what is between an array's brackets, or all of the lines. */
export async function layout(file: string): Promise<ResultLayout> {
  const { size } = await stat(file);
  const handle = await open(file);
  try {
    for (const compression of [undefined, 'gzip', 'zstd'] as const) {
      const opening = packed(OPENING, compression);
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(opening.length), 0, opening.length, 0);
      if (bytesRead < opening.length || !buffer.equals(opening)) continue;
      const end = size - packed(CLOSING, compression).length;
      return { start: opening.length, end, trailer: Buffer.alloc(0) };
    }
  } finally {
    await handle.close();
  }
  return { start: 0, end: size, trailer: Buffer.alloc(0) };
}

/** What goes before a body that is not empty. */
export function opening(first: boolean, options: FormatOptions): Buffer {
  return isArray(options) ? packed(first ? OPENING : SEPARATOR, compressionOf(options)) : Buffer.alloc(0);
}

export function epilogue(chunks: readonly PlacedChunk[], options: FormatOptions): Buffer {
  if (!isArray(options)) return Buffer.alloc(0);
  const compression = compressionOf(options);
  const empty = chunks.every(({ bodyBytes }) => bodyBytes === 0);
  return Buffer.concat([...(empty ? [packed(OPENING, compression)] : []), packed(CLOSING, compression)]);
}

function packed(text: string, compression: Compression | undefined): Buffer {
  if (compression === undefined) return Buffer.from(text);
  return compression === 'gzip' ? gzipSync(text) : zstdCompressSync(text);
}

function isArray({ json }: FormatOptions): boolean {
  return json?.layout === 'array';
}

function compressionOf({ json }: FormatOptions): Compression | undefined {
  return json?.compression === undefined || json.compression === 'none' ? undefined : json.compression;
}
