import type { Footer } from '../messages.ts';
import { footer as footerCodec, OrcError, postScript } from '../proto.ts';
import { BLOCK_BYTES, compressionOfKind } from './blocks.ts';
import type { Compression } from './blocks.ts';
import { compressSection } from './byte-stream.ts';

export const MAGIC = Buffer.from('ORC');
/** Hive 0.12: the version that brought the encodings in use. */
const VERSION = [0, 12];
/** Says that statistics are right (ORC-135): the least number for writers other than Java's. */
const WRITER_VERSION = 6;
/** Length of the postscript, in the last byte. */
const LENGTH_BYTES = 1;

/** What follows the stripes. */
export interface Tail {
  compression: Compression;
  /** Statistics of the stripes, as they stand in the file: several chunks' follow one another. */
  metadata: Buffer;
  footer: Footer;
}

export function tailBytes({ compression, metadata, footer }: Tail): Buffer {
  const body = Buffer.concat(compressSection(footerCodec.encode(footer), compression));
  const script = postScript.encode({
    footerLength: BigInt(body.length),
    compression: compression.kind,
    compressionBlockSize: BigInt(BLOCK_BYTES),
    version: VERSION,
    metadataLength: BigInt(metadata.length),
    writerVersion: WRITER_VERSION,
    magic: MAGIC.toString(),
  });
  return Buffer.concat([metadata, body, script, Buffer.from([script.length])]);
}

/** Where the parts of a tail lie, counted from the end of the file. */
interface Measures {
  compression: Compression;
  footerBytes: number;
  /** Postscript and the length behind it. */
  scriptBytes: number;
  tailBytes: number;
}

/** Reads the last bytes of a file, at least its postscript. Throws OrcError when there is none. */
export function measure(end: Buffer): Measures {
  const scriptBytes = (end.at(-1) ?? 0) + LENGTH_BYTES;
  if (scriptBytes > end.length) throw new OrcError('it ends too early');
  const script = postScript.decode(end.subarray(-scriptBytes, -LENGTH_BYTES));
  const footerBytes = Number(script.footerLength ?? 0n);
  return {
    compression: compressionOfKind(script.compression),
    footerBytes,
    scriptBytes,
    tailBytes: Number(script.metadataLength ?? 0n) + footerBytes + scriptBytes,
  };
}

/** The inverse of tailBytes. Throws OrcError when the bytes are no tail. */
export function parseTail(bytes: Buffer): Tail {
  const { compression, footerBytes, scriptBytes, tailBytes } = measure(bytes);
  const start = bytes.length - scriptBytes - footerBytes;
  if (tailBytes !== bytes.length || start < 0) throw new OrcError('its lengths are wrong');
  const footer = footerCodec.decode(compression.decompress(bytes.subarray(start, start + footerBytes)));
  return { compression, metadata: bytes.subarray(0, start), footer };
}
