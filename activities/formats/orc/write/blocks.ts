import { constants, deflateRawSync, inflateRawSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { OrcOptions } from '../../../../workflows/contract/formats.ts';
import { COMPRESSION } from '../messages.ts';
import { OrcError } from '../proto.ts';

/** Most bytes that a compressed block decodes to. */
export const BLOCK_BYTES = 256 * 1024;
const HEADER_BYTES = 3;

/** How the sections of a file are compressed: block by block, each on its own. */
export interface Compression {
  /** The code in the postscript. */
  kind: number;
  /** One block behind its header, in pieces, as it stands in the file. */
  compress(block: Buffer): Buffer[];
  /** The inverse for a whole section. Throws OrcError when it is damaged. */
  decompress(section: Buffer): Buffer;
}

const NONE: Compression = {
  kind: COMPRESSION.none,
  compress: (block) => [Buffer.from(block)],
  decompress: (section) => section,
};

const ZLIB = blockwise(
  COMPRESSION.zlib,
  (block) => deflateRawSync(block, { level: 4 }),
  (block) => inflateRawSync(block, { maxOutputLength: BLOCK_BYTES }),
);

const ZSTD = blockwise(
  COMPRESSION.zstd,
  (block) => zstdCompressSync(block, { params: { [constants.ZSTD_c_compressionLevel]: 1 } }),
  (block) => zstdDecompressSync(block, { maxOutputLength: BLOCK_BYTES }),
);

/** The compression that a destination asks for; zstd unless it says otherwise. */
export function compressionNamed(name: OrcOptions['compression']): Compression {
  return { none: NONE, zlib: ZLIB, zstd: ZSTD }[name ?? 'zstd'];
}

/** The compression that a postscript names. */
export function compressionOfKind(kind: number | undefined): Compression {
  const found = [NONE, ZLIB, ZSTD].find((compression) => compression.kind === kind);
  if (found === undefined) throw new OrcError(`compression ${kind} is not one that is written`);
  return found;
}

/** A header of 3 bytes says how long the block is, and whether it is stored as it was: what does not shrink is. */
function blockwise(
  kind: number,
  shrink: (block: Buffer) => Buffer,
  restore: (block: Buffer) => Buffer,
): Compression {
  return {
    kind,
    compress(block) {
      const shrunk = shrink(block);
      const original = shrunk.length >= block.length;
      const body = original ? Buffer.from(block) : shrunk;
      const header = Buffer.allocUnsafe(HEADER_BYTES);
      header.writeUIntLE(body.length * 2 + (original ? 1 : 0), 0, HEADER_BYTES);
      return [header, body];
    },
    decompress(section) {
      const pieces: Buffer[] = [];
      for (let position = 0; position < section.length;) {
        if (position + HEADER_BYTES > section.length) throw new OrcError('a block ends too early');
        const header = section.readUIntLE(position, HEADER_BYTES);
        const start = position + HEADER_BYTES;
        position = start + (header >>> 1);
        if (position > section.length) throw new OrcError('a block ends too early');
        const body = section.subarray(start, position);
        pieces.push((header & 1) === 1 ? body : restore(body));
      }
      return Buffer.concat(pieces);
    },
  };
}
