/** Columnar files hold as many rows as text of some twice their size: what is expected of a chunk is said of text. */
const DENSITY = 2;
/** Beyond it what a part decodes to counts, not its size: bounds memory and scratch of highly compressed files. */
const MAX_EXPANSION = 4;

/** What a row group or stripe counts for in a chunk, in bytes: of its size in the file and of its values. */
export function chunkShare(stored: number, decoded: number): number {
  return Math.max(DENSITY * stored, decoded / MAX_EXPANSION);
}

/**
 * Groups neighbours of these sizes (bytes) into at most `maxChunks` chunks of at most `chunkBytes`, unless one is
 * larger or there would be too many; as few and as equal ones as that allows.
 */
export function cutSizes(sizes: readonly number[], chunkBytes: number, maxChunks: number): number[] {
  let limit = chunkBytes;
  while (cutAt(sizes, limit).length > maxChunks + 1) limit *= 2;
  const fewest = cutAt(sizes, limit).length;
  // the lowest limit that needs no more chunks
  let [low, high] = [0, Math.min(limit, Math.ceil(sizes.reduce((sum, size) => sum + size, 0)))];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (cutAt(sizes, middle).length > fewest) low = middle;
    else high = middle;
  }
  return cutAt(sizes, high);
}

function cutAt(sizes: readonly number[], limit: number): number[] {
  const cuts = [0];
  let filled = 0;
  sizes.forEach((size, index) => {
    if (filled > 0 && filled + size > limit) {
      cuts.push(index);
      filled = 0;
    }
    filled += size;
  });
  return [...cuts, sizes.length];
}
