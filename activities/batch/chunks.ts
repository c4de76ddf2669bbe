import type { Piece } from './plan.ts';

/** Small objects read for one chunk, at most. */
const MOST_PIECES = 64;

/**
 * What each chunk reads: every part of an object that was cut is one, small objects are taken together up to about
 * `chunkBytes`. In the order of the objects. `maxChunks` holds when the objects' own parts leave room for it.
 */
export function groupPieces(
  objects: readonly { size: number; cuts: readonly number[] }[],
  chunkBytes: number,
  maxChunks: number,
): Piece[][] {
  const most = Math.max(MOST_PIECES, Math.ceil((2 * objects.length) / maxChunks));
  const chunks: Piece[][] = [];
  let open: Piece[] = [];
  let bytes = 0;
  const close = (): void => {
    if (open.length > 0) chunks.push(open);
    open = [];
    bytes = 0;
  };
  for (const [object, { size, cuts }] of objects.entries()) {
    const parts = cuts.length - 1;
    if (parts > 1) {
      close();
      for (let index = 0; index < parts; index += 1) chunks.push([{ object, index }]);
      continue;
    }
    if (bytes + size > chunkBytes || open.length >= most) close();
    open.push({ object, index: 0 });
    bytes += size;
  }
  close();
  return chunks;
}
