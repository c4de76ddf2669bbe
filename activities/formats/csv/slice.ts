import { open, type FileHandle } from 'node:fs/promises';
import { TransferError } from '../../failures.ts';
import type { RangeReader } from '../format.ts';
import { LONGEST_RECORD } from './relation.ts';

const NEWLINE = 0x0a;
/** Bytes asked for beyond a chunk's end to find its last newline; then in steps that double. */
const OVERREAD = 64 * 1024;
/** Pieces from the network are small; written one by one they cost more than they are worth. */
const WRITE_BYTES = 1024 * 1024;
/** The engine drops a byte order mark at the begin of a file: a value that begins with one needs another. */
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

export interface SliceBounds {
  /** Nominal: the chunk begins after the first newline at or after `start - 1`. */
  start: number;
  /** Nominal: it ends after the first newline at or after `end - 1`. */
  end: number;
  /** `start` is the begin of a record already: the first chunk, or a plan of exact cuts. */
  startExact: boolean;
  endExact: boolean;
}

/**
 * Streams the records of a chunk to a local file and to `scan`; one ranged read unless the record across the
 * end is longer than 64 KiB. Resolves with the bytes read from the store.
 */
export async function sliceTo(
  file: string,
  reader: RangeReader,
  bounds: SliceBounds,
  scan: (bytes: Uint8Array) => void,
): Promise<number> {
  const handle = await open(file, 'w');
  try {
    let bytesRead = 0;
    let started = false;
    let waiting: Uint8Array[] = [];
    let waitingBytes = 0;
    const flush = async (): Promise<void> => {
      await writeAll(handle, waiting);
      waiting = [];
      waitingBytes = 0;
    };
    for await (const piece of records(reader, bounds, (count) => (bytesRead += count))) {
      if (!started && Buffer.from(piece.subarray(0, BOM.length)).equals(BOM)) waiting.push(BOM);
      started = true;
      scan(piece);
      waiting.push(piece);
      waitingBytes += piece.length;
      if (waitingBytes >= WRITE_BYTES) await flush();
    }
    await flush();
    return bytesRead;
  } finally {
    await handle.close();
  }
}

async function writeAll(handle: FileHandle, pieces: readonly Uint8Array[]): Promise<void> {
  if (pieces.length === 0) return;
  const wanted = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const { bytesWritten } = await handle.writev(pieces);
  // a full disk may take a part only; the rest is written by a call that fails with the reason
  if (bytesWritten < wanted) await handle.appendFile(Buffer.concat(pieces).subarray(bytesWritten));
}

/** The bytes between the first newline at or after `start - 1` and the first at or after `end - 1`. */
async function* records(
  reader: RangeReader,
  { start, end, startExact, endExact }: SliceBounds,
  onRead: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  let offset = startExact ? start : start - 1;
  let seeking = !startExact;
  let overread = endExact ? 0 : OVERREAD;
  let done = offset >= end;
  for (let limit = end; !done; overread *= 2) {
    limit = Math.min(limit + overread, reader.size);
    for await (let piece of await reader.read(offset, limit)) {
      const at = offset;
      offset += piece.length;
      onRead(piece.length);
      // what is left of an over-read is drained, so that the connection can be used again
      if (done) continue;
      let base = at;
      if (seeking) {
        const newline = piece.indexOf(NEWLINE);
        if (at + (newline < 0 ? piece.length : newline) >= end - 1) {
          // no record begins in this chunk
          done = true;
          continue;
        }
        if (newline < 0) continue;
        seeking = false;
        piece = piece.subarray(newline + 1);
        base = at + newline + 1;
      }
      if (!endExact && base + piece.length >= end) {
        const newline = piece.indexOf(NEWLINE, Math.max(0, end - 1 - base));
        if (newline >= 0) {
          done = true;
          piece = piece.subarray(0, newline + 1);
        }
      }
      if (piece.length > 0) yield piece;
    }
    if (offset >= reader.size || endExact) return;
    if (offset - end > LONGEST_RECORD) {
      throw new TransferError(
        'MalformedData',
        `${reader.location}: the record at byte ${end} is longer than ${LONGEST_RECORD} bytes`,
      );
    }
  }
}
