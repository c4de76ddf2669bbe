import { createHash } from 'node:crypto';
import { TransferError } from '../../failures.ts';
import { readRange } from '../bytes.ts';
import type { RangeReader } from '../format.ts';
import { isEncrypted, refersToOtherFiles } from './metadata.ts';
import { decodeStruct, encodeStruct, ThriftError } from './thrift.ts';
import type { Struct } from './thrift.ts';

export const MAGIC = Buffer.from('PAR1');
export const ENCRYPTED_MAGIC = Buffer.from('PARE');
/** Length of the footer (4 bytes, little-endian) and magic. */
const TAIL_BYTES = 8;
/** Bytes read from the end at first; most footers fit in. */
const FIRST_READ = 64 * 1024;
/** Decoded, a footer takes many times its size in memory. */
const MAX_FOOTER = 128 * 1024 * 1024;

export interface Footer {
  /** Where it begins in the file. */
  start: number;
  raw: Buffer;
  /** SHA-256 of `raw`. */
  digest: string;
  /** Whether it is encrypted. */
  sealed: boolean;
}

/** Reads the footer of a Parquet object in one or two ranged reads. Throws fatal TransferErrors. */
export async function readFooter(reader: RangeReader): Promise<Footer> {
  const { location, size } = reader;
  if (size < MAGIC.length + TAIL_BYTES) {
    throw new TransferError('MalformedData', `${location} is not a Parquet file: it has only ${size} bytes`);
  }
  const tailStart = Math.max(0, size - FIRST_READ);
  const tail = await readRange(reader, tailStart, size);
  const sealed = tail.subarray(-MAGIC.length).equals(ENCRYPTED_MAGIC);
  const length = sealed ? lengthIn(tail) : footerLength(tail, location);
  const start = size - TAIL_BYTES - length;
  if (start < MAGIC.length) throw corruptFooter(location, 'it is longer than the file');
  if (length > MAX_FOOTER) {
    throw new TransferError(
      'Unsupported',
      `the Parquet footer of ${location} has ${length} bytes; at most ${MAX_FOOTER} are supported: write fewer row groups`,
    );
  }
  const missing = start < tailStart ? await readRange(reader, start, tailStart) : Buffer.alloc(0);
  const present = tail.subarray(Math.max(0, start - tailStart), -TAIL_BYTES);
  const raw = Buffer.concat([missing, present]);
  return { start, raw, digest: createHash('sha256').update(raw).digest('hex'), sealed };
}

/** Length of the footer, from the end of a Parquet file that is not encrypted. */
export function footerLength(tail: Buffer, location: string): number {
  if (!tail.subarray(-MAGIC.length).equals(MAGIC)) {
    throw new TransferError(
      'MalformedData',
      `${location} is not a Parquet file or is cut off: it does not end with PAR1`,
    );
  }
  return lengthIn(tail);
}

const lengthIn = (tail: Buffer): number => tail.readUInt32LE(tail.length - TAIL_BYTES);

/** The metadata in a footer that is not encrypted; refuses what cannot be read: encryption, columns in other files. */
export function parseFooter(raw: Buffer, location: string): Struct {
  return guarded(location, () => {
    const file = decodeStruct(raw);
    if (isEncrypted(file)) throw encrypted(location);
    if (refersToOtherFiles(file)) {
      throw new TransferError(
        'Unsupported',
        `${location} keeps its columns in other files (a _metadata file?); name a Parquet file with data`,
      );
    }
    return file;
  });
}

/** Turns what the metadata's structure throws into an error for people. */
export function guarded<T>(location: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof ThriftError) throw corruptFooter(location, error.message);
    throw error;
  }
}

/** Footer, its length and magic: what follows the row groups in a file. */
export function footerBytes(file: Struct): Buffer {
  const raw = encodeStruct(file);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(raw.length);
  return Buffer.concat([raw, length, MAGIC]);
}

function corruptFooter(location: string, why: string): TransferError {
  return new TransferError('MalformedData', `the Parquet footer of ${location} is corrupt: ${why}`);
}

/** For an encrypted file without keys. */
export function encrypted(location: string): TransferError {
  return new TransferError(
    'InvalidOption',
    `${location} is an encrypted Parquet file: give its keys in spec.source.s3.parquet.encryption`,
  );
}
