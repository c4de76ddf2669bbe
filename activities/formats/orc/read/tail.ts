import { createHash } from 'node:crypto';
import { TransferError } from '../../../failures.ts';
import { readRange } from '../../bytes.ts';
import type { RangeReader } from '../../format.ts';
import type { PostScript } from '../messages.ts';
import { OrcError, postScript } from '../proto.ts';
import { guarded } from './errors.ts';

const MAGIC = 'ORC';
/** Bytes read from the end at first; most footers fit in. */
const FIRST_READ = 64 * 1024;
/** Decoded, a footer takes many times its size in memory. */
const MAX_FOOTER = 128 * 1024 * 1024;

/** What follows the stripes and their statistics in a file: footer, postscript and its length. */
export interface Tail {
  /** Where the footer begins in the file. */
  start: number;
  /** From there to the end. */
  raw: Buffer;
  /** SHA-256 of `raw`. */
  digest: string;
}

/** Reads the end of an ORC object in one or two ranged reads. Throws fatal TransferErrors. */
export async function readTail(reader: RangeReader): Promise<Tail> {
  const { location, size } = reader;
  if (size <= MAGIC.length) {
    throw new TransferError('MalformedData', `${location} is not an ORC file: it has only ${size} bytes`);
  }
  const endStart = Math.max(0, size - FIRST_READ);
  const end = await readRange(reader, endStart, size);
  const { script, bytes: scriptBytes } = readPostScript(end, location);
  // the first files (Hive 0.11) have it at their begin only
  if (script.magic === undefined) {
    const begin = await readRange(reader, 0, MAGIC.length);
    if (begin.toString('latin1') !== MAGIC) throw notOrc(location);
  }
  const length = guarded(location, 'its postscript', () => sizeOf(script.footerLength, size));
  if (length > MAX_FOOTER) {
    throw new TransferError(
      'Unsupported',
      `the ORC footer of ${location} has ${length} bytes; at most ${MAX_FOOTER} are supported: write fewer stripes`,
    );
  }
  const start = size - scriptBytes - length;
  if (start < 0)
    throw new TransferError('MalformedData', `the ORC footer of ${location} is longer than the file`);
  const missing = start < endStart ? await readRange(reader, start, endStart) : Buffer.alloc(0);
  const raw = Buffer.concat([missing, end.subarray(Math.max(0, start - endStart))]);
  return { start, raw, digest: digestOf(raw) };
}

/** Names a tail, and proves that an object is still the planned one. */
export function digestOf(raw: Buffer): string {
  return createHash('sha256').update(raw).digest('hex');
}

/** The postscript at the end of `end`, and its bytes together with the one that tells its length. */
export function readPostScript(end: Buffer, location: string): { script: PostScript; bytes: number } {
  const bytes = (end.at(-1) ?? 0) + 1;
  if (bytes > end.length) throw notOrc(location);
  let script: PostScript;
  try {
    script = postScript.decode(end.subarray(end.length - bytes, -1));
  } catch (error) {
    if (error instanceof OrcError) throw notOrc(location);
    throw error;
  }
  if ((script.magic ?? MAGIC) !== MAGIC || script.footerLength === undefined) throw notOrc(location);
  const [major = 0, minor = 0] = script.version;
  if (major > 0) {
    throw new TransferError(
      'Unsupported',
      `${location} is of ORC version ${major}.${minor}; version 0 is supported`,
    );
  }
  return { script, bytes };
}

/** A size or position that lies within `limit` bytes. Throws OrcError for any other. */
export function sizeOf(value: bigint | undefined, limit: number): number {
  const number = Number(value ?? 0n);
  if (number > limit) throw new OrcError(`it places ${number} bytes where there are ${limit}`);
  return number;
}

function notOrc(location: string): TransferError {
  return new TransferError(
    'MalformedData',
    `${location} is not an ORC file or is cut off: it does not end with a postscript of ORC`,
  );
}
