import { readSync } from 'node:fs';
import { OrcError } from '../proto.ts';
import type { Decompress } from './compression.ts';

const HEADER_BYTES = 3;
/** Bytes read at once where blocks are smaller, and size of the blocks of streams that are not compressed. */
const WINDOW = 256 * 1024;

/** The blocks of one stream or metadata section, decoded one at a time. */
export interface Blocks {
  /** Undefined at the end. */
  next(): Buffer | undefined;
}

/** Gives the next `count` bytes of a section; they stay as they are until the next call. */
interface Section {
  readonly left: number;
  take(count: number): Buffer;
}

/** Of a section in memory. */
export function blocksOf(bytes: Buffer, decompress: Decompress | undefined, blockSize: number): Blocks {
  let position = 0;
  return blocksIn(
    {
      get left() {
        return bytes.length - position;
      },
      take: (count) => bytes.subarray(position, (position += count)),
    },
    decompress,
    blockSize,
  );
}

/** Of bytes [start, end) of an open file. Reads are synchronous: the file is local and was just written. */
export function blocksInFile(
  file: number,
  start: number,
  end: number,
  decompress: Decompress | undefined,
  blockSize: number,
): Blocks {
  let window: Buffer = Buffer.alloc(0);
  let position = start;
  return blocksIn(
    {
      get left() {
        return window.length + end - position;
      },
      take(count) {
        if (count > window.length) {
          const grown = Buffer.allocUnsafe(Math.min(Math.max(count, WINDOW), window.length + end - position));
          window.copy(grown);
          position += readFully(file, grown, window.length, position);
          window = grown;
        }
        const taken = window.subarray(0, count);
        window = window.subarray(count);
        return taken;
      },
    },
    decompress,
    blockSize,
  );
}

function blocksIn(section: Section, decompress: Decompress | undefined, blockSize: number): Blocks {
  if (decompress === undefined) {
    return {
      next: () => (section.left === 0 ? undefined : section.take(Math.min(section.left, WINDOW))),
    };
  }
  return {
    next() {
      if (section.left === 0) return undefined;
      if (section.left < HEADER_BYTES) throw cutOff();
      const header = section.take(HEADER_BYTES).readUIntLE(0, HEADER_BYTES);
      const length = header >> 1;
      if (length > section.left) throw cutOff();
      const block = section.take(length);
      const original = (header & 1) === 1;
      if (original && length > blockSize)
        throw new OrcError(`a block has ${length} bytes, but blocks have at most ${blockSize}`);
      return original ? block : decompress(block);
    },
  };
}

function readFully(file: number, target: Buffer, at: number, from: number): number {
  let done = 0;
  while (at + done < target.length) {
    const read = readSync(file, target, at + done, target.length - at - done, from + done);
    if (read === 0) throw cutOff();
    done += read;
  }
  return done;
}

function cutOff(): OrcError {
  return new OrcError('a block is longer than its section');
}
