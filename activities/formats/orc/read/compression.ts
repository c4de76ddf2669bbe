import { brotliDecompressSync, inflateRawSync, zstdDecompressSync } from 'node:zlib';
import { COMPRESSION } from '../messages.ts';
import { OrcError } from '../proto.ts';
import { decodeLz4 } from './lz4.ts';
import { decodeSnappy } from './snappy.ts';

/** Decodes one block; throws OrcError when it is damaged or longer (decoded) than the file's blocks are. */
export type Decompress = (block: Buffer) => Buffer;

export interface Compression {
  name: string;
  /** Absent when nothing is compressed and streams have no blocks. */
  decompress?: Decompress;
}

/** Of node:zlib. */
const MIN_CHUNK = 64;

/** The compression of a file by its number in the postscript; undefined when it cannot be read. */
export function compressionOf(kind: number, blockSize: number): Compression | undefined {
  // a chunk longer than the block: decoded in one call, into one piece of memory
  const limit = { maxOutputLength: blockSize, chunkSize: blockSize + MIN_CHUNK };
  switch (kind) {
    case COMPRESSION.none:
      return { name: 'none' };
    case COMPRESSION.zlib:
      return { name: 'zlib', decompress: zlib('zlib', (block) => inflateRawSync(block, limit)) };
    case COMPRESSION.snappy:
      return { name: 'snappy', decompress: (block) => decodeSnappy(block, blockSize) };
    case COMPRESSION.lz4:
      return { name: 'lz4', decompress: (block) => decodeLz4(block, blockSize) };
    case COMPRESSION.zstd:
      return { name: 'zstd', decompress: zlib('zstd', (block) => zstdDecompressSync(block, limit)) };
    case COMPRESSION.brotli:
      return { name: 'brotli', decompress: zlib('brotli', (block) => brotliDecompressSync(block, limit)) };
  }
  return undefined;
}

/** For messages. */
export function compressionName(kind: number): string {
  return Object.entries(COMPRESSION).find(([, number]) => number === kind)?.[0] ?? 'unknown';
}

function zlib(name: string, decode: Decompress): Decompress {
  return (block) => {
    try {
      return decode(block);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const why = code === 'ERR_BUFFER_TOO_LARGE' ? 'it decodes to more than a block may have' : message;
      throw new OrcError(`a block is no ${name} data: ${why}`, { cause: error });
    }
  };
}
