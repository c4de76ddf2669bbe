import type { CsvOptions, TextCompression } from '../../../workflows/contract/formats.ts';
import { TransferError } from '../../failures.ts';
import { readRange } from '../bytes.ts';
import { detectCompression } from '../compression.ts';
import { decompressed } from '../decompressed.ts';
import type { RangeReader } from '../format.ts';
import { decoderOf } from './decoder.ts';
import { encodingOf } from './encoding.ts';
import type { Encoding } from './encoding.ts';

/** Bytes looked at from the begin of an object, compressed or not. */
export const HEAD = 1024 * 1024;

/** What the begin of an object tells. */
export interface Head {
  compression: TextCompression;
  encoding: Encoding;
  /** Bytes of the byte order mark. */
  bom: number;
  /** UTF-8 without byte order mark. */
  text: Buffer;
  /** These are all bytes of the object. */
  whole: boolean;
}

/** One read. Throws MalformedData where the object is not what the options say. */
export async function readHead(reader: RangeReader, options: CsvOptions): Promise<Head> {
  const { location, size } = reader;
  const raw = await readRange(reader, 0, Math.min(size, HEAD));
  const compression = compressionOf(raw, options.compression, location);
  const complete = raw.length === size;
  const { bytes, whole } =
    compression === 'none'
      ? { bytes: raw, whole: complete }
      : await decompressHead(location, compression, raw, complete);
  const { encoding, bom } = encodingOf(bytes, options.encoding, location);
  const decoder = decoderOf(encoding, location, bom);
  const text = Buffer.from(decoder.push(bytes.subarray(bom)));
  if (whole) decoder.finish();
  return { compression, encoding, bom, text, whole };
}

function compressionOf(raw: Buffer, given: TextCompression | undefined, location: string): TextCompression {
  const found = detectCompression(raw);
  if (given === undefined || given === 'none' || given === found) return given ?? found;
  throw new TransferError(
    'MalformedData',
    `${location} does not begin like ${given} data, but csv.compression is ${given}; remove csv.compression or correct it`,
  );
}

/** `complete`: these are all compressed bytes, so that an early end is an error. */
async function decompressHead(
  location: string,
  compression: 'gzip' | 'zstd',
  raw: Buffer,
  complete: boolean,
): Promise<{ bytes: Buffer; whole: boolean }> {
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    for await (const piece of decompressed(location, compression, [raw])) {
      pieces.push(piece);
      length += piece.length;
      if (length > HEAD) return { bytes: Buffer.concat(pieces), whole: false };
    }
  } catch (error) {
    // cut off by us
    if (complete || length === 0) throw error;
    return { bytes: Buffer.concat(pieces), whole: false };
  }
  return { bytes: Buffer.concat(pieces), whole: complete };
}
