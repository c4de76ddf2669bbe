import { TransferError } from '../../../failures.ts';
import type { Footer } from '../messages.ts';
import { footer as footerCodec, OrcError } from '../proto.ts';
import { blocksOf } from './blocks.ts';
import type { Blocks } from './blocks.ts';
import { compressionName, compressionOf } from './compression.ts';
import type { Compression } from './compression.ts';
import { guarded, OrcLimit } from './errors.ts';
import { readPostScript, sizeOf } from './tail.ts';
import type { Tail } from './tail.ts';
import { columnsOf } from './types.ts';
import type { OrcType } from './types.ts';

/** Size of blocks where a file does not say it. */
const DEFAULT_BLOCK = 256 * 1024;
/** No writer makes larger ones: the length of a block has 23 bits. */
const MAX_BLOCK = 1 << 23;
/** Of a footer, decompressed. */
const MAX_SECTION = 256 * 1024 * 1024;
const MAX_ROWS = 2 ** 31 - 1;

/** Bytes of a stripe: [start, dataStart) index, [dataStart, footerStart) data, [footerStart, end) footer. */
export interface StripePlace {
  start: number;
  dataStart: number;
  footerStart: number;
  end: number;
  rows: number;
}

/** What an ORC file says of itself. */
export interface OrcFile {
  footer: Footer;
  columns: OrcType[];
  stripes: StripePlace[];
  rows: number;
  compression: Compression;
  /** Most bytes that a block decodes to. */
  blockSize: number;
}

/** Throws fatal TransferErrors: for what is corrupt, and for what cannot be read (encryption, unions). */
export function parseFile({ raw, start }: Tail, location: string): OrcFile {
  const { script, bytes } = readPostScript(raw, location);
  const kind = script.compression ?? 0;
  const blockSize = blockSizeOf(Number(script.compressionBlockSize ?? 0n), location);
  const compression = compressionOf(kind, blockSize);
  if (compression === undefined) {
    throw new TransferError(
      'Unsupported',
      `${location} is compressed with ${compressionName(kind)} (number ${kind}); zlib, snappy, lz4, zstd, brotli and none are supported`,
    );
  }
  return guarded(location, 'the ORC footer', () => {
    const packed = raw.subarray(0, raw.length - bytes);
    const footer = footerCodec.decode(wholeOf(blocksOf(packed, compression.decompress, blockSize)));
    if (footer.encryption !== undefined) {
      throw new TransferError('Unsupported', `${location} has encrypted columns, which are not supported`);
    }
    const stripes = stripesOf(footer, start);
    const rows = stripes.reduce((sum, stripe) => sum + stripe.rows, 0);
    if (footer.numberOfRows !== undefined && footer.numberOfRows !== BigInt(rows)) {
      throw new OrcError(`it says ${footer.numberOfRows} rows, but its stripes have ${rows}`);
    }
    return { footer, columns: columnsOf(footer, location), stripes, rows, compression, blockSize };
  });
}

/** A section of metadata in one piece. Throws OrcError; OrcLimit when it is too large for memory. */
export function wholeOf(blocks: Blocks): Buffer {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for (let piece = blocks.next(); piece !== undefined; piece = blocks.next()) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes > MAX_SECTION) throw new OrcLimit(`it decodes to more than ${MAX_SECTION} bytes`);
  }
  return Buffer.concat(pieces);
}

function blockSizeOf(told: number, location: string): number {
  if (told > MAX_BLOCK) {
    throw new TransferError(
      'Unsupported',
      `${location} has compressed blocks of up to ${told} bytes; at most ${MAX_BLOCK} are supported`,
    );
  }
  return told === 0 ? DEFAULT_BLOCK : told;
}

/** `limit`: where the stripes end at the latest. */
function stripesOf(footer: Footer, limit: number): StripePlace[] {
  return footer.stripes.map((stripe, index) => {
    const start = sizeOf(stripe.offset, limit);
    const dataStart = start + sizeOf(stripe.indexLength, limit - start);
    const footerStart = dataStart + sizeOf(stripe.dataLength, limit - dataStart);
    const end = footerStart + sizeOf(stripe.footerLength, limit - footerStart);
    const rows = Number(stripe.numberOfRows ?? 0n);
    if (rows > MAX_ROWS) {
      throw new OrcLimit(`stripe ${index} has ${rows} rows; at most ${MAX_ROWS} are supported`);
    }
    return { start, dataStart, footerStart, end, rows };
  });
}
