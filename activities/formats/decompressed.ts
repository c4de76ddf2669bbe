import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { TransferError } from '../failures.ts';
import { decompressor } from './compression.ts';
import type { Compression } from './compression.ts';

/** Bytes that a compressed object may have when it is decompressed: one chunk, all of it in scratch. */
const MOST_DECOMPRESSED = 8 * 1024 ** 3;

/**
 * The decompressed bytes of an object's pieces, one after another. MalformedData where they are no compressed
 * data, Unsupported beyond `most` bytes; what reading the pieces throws is passed on.
 */
export async function* decompressed(
  location: string,
  compression: Compression,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  most = MOST_DECOMPRESSED,
): AsyncGenerator<Buffer> {
  const stream = decompressor(compression);
  // a failure destroys the stream, and is thrown where the stream is read
  pipeline(Readable.from(pieces, { objectMode: false }), stream).catch(() => undefined);
  let bytes = 0;
  try {
    for await (const piece of stream as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > most)
        throw new TransferError(
          'Unsupported',
          `${location} has more than ${most} bytes when it is decompressed; at most ${most} are supported, because it cannot be cut into chunks: compress it in several objects, or not at all`,
        );
      yield piece;
    }
  } catch (error) {
    if (!isOfCompression(error)) throw error;
    throw new TransferError(
      'MalformedData',
      `${location}: the ${compression} data is corrupt or cut off after ${bytes} decompressed bytes: ${error.message}`,
      { cause: error },
    );
  }
}

/** Codes of zlib and zstd in Node: `Z_DATA_ERROR`, `ZSTD_error_prefix_unknown`. */
function isOfCompression(error: unknown): error is Error {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^(Z|ZSTD)_/.test(code);
}
