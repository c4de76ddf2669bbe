import { Duplex, Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip, createZstdCompress, createZstdDecompress } from 'node:zlib';
import type { TextCompression } from '../../workflows/contract.ts';
import { zstdFrames } from './zstd-frames.ts';

export type Compression = Exclude<TextCompression, 'none'>;

/** By the first bytes of an object (RFC 1952, RFC 8878); undefined when it is not compressed. */
export function detectCompression(head: Buffer): Compression | undefined {
  if (head.length >= 2 && head.readUInt16BE(0) === 0x1f8b) return 'gzip';
  if (head.length < 4) return undefined;
  const magic = head.readUInt32LE(0);
  return magic === 0xfd2fb528 || (magic & 0xfffffff0) === 0x184d2a50 ? 'zstd' : undefined;
}

/** Decompresses a stream of any number of members (gzip) or frames (zstd). Fails with the errors of node:zlib. */
export function decompressor(kind: Compression): Duplex {
  return kind === 'gzip' ? createGunzip() : Duplex.from(unzstd);
}

export function compressor(kind: Compression): Transform {
  return kind === 'gzip' ? createGzip() : createZstdCompress();
}

/** Node's decompressor ends after the first frame and drops the rest (github.com/nodejs/node/issues/64741). */
async function* unzstd(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const frame of zstdFrames(source)) {
    const decompress = createZstdDecompress();
    const fed = pipeline(Readable.from(frame), decompress);
    // its failure reaches the loop below, too
    fed.catch(() => undefined);
    for await (const piece of decompress) yield piece as Buffer;
    await fed;
  }
}
