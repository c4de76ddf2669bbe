import type { RangeReader } from './format.ts';

/** Bytes [start, end) in memory. */
export async function readRange(reader: RangeReader, start: number, end: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of await reader.read(start, end)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** Chunk bounds: `count` nearly equal steps over [start, end). At least one chunk, also when empty. */
export function evenCuts(start: number, end: number, chunkBytes: number, maxChunks: number): number[] {
  const count = Math.max(1, Math.min(maxChunks, Math.ceil((end - start) / chunkBytes)));
  const step = (end - start) / count;
  return Array.from({ length: count + 1 }, (_, index) => start + Math.round(index * step));
}
