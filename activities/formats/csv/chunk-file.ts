import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

/** Pieces from the network are small; written one by one they cost more than they are worth. */
const WRITE_BYTES = 1024 * 1024;
/** The engine drops a byte order mark at the begin of a file: a value that begins with one needs another. */
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/** Streams UTF-8 to a local file that the engine reads. */
export async function writeChunkFile(file: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  const handle = await open(file, 'w');
  try {
    let started = false;
    let waiting: Uint8Array[] = [];
    let waitingBytes = 0;
    const flush = async (): Promise<void> => {
      await writeAll(handle, waiting);
      waiting = [];
      waitingBytes = 0;
    };
    for await (const piece of pieces) {
      if (piece.length === 0) continue;
      if (!started && Buffer.from(piece.subarray(0, BOM.length)).equals(BOM)) waiting.push(BOM);
      started = true;
      waiting.push(piece);
      waitingBytes += piece.length;
      if (waitingBytes >= WRITE_BYTES) await flush();
    }
    await flush();
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
