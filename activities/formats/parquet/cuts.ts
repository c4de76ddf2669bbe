import { columnSpans, uncompressedBytes } from './metadata.ts';
import type { Struct } from './thrift.ts';

/** Decoded size of a chunk in multiples of its size in the file: bounds memory and scratch of highly compressed files. */
export const MAX_EXPANSION = 8;

/** Groups neighbouring row groups into chunks of about `chunkBytes`; [0, 0] when there are none. */
export function cutRowGroups(groups: readonly Struct[], chunkBytes: number, maxChunks: number): number[] {
  const sizes = groups.map((group) =>
    Math.max(
      columnSpans(group).reduce((sum, { start, end }) => sum + end - start, 0),
      uncompressedBytes(group) / MAX_EXPANSION,
    ),
  );
  return cutSizes(sizes, chunkBytes, maxChunks);
}

/** Groups neighbours of these sizes (bytes) into at most `maxChunks` chunks of about `chunkBytes`. */
export function cutSizes(sizes: readonly number[], chunkBytes: number, maxChunks: number): number[] {
  for (let limit = chunkBytes; ; limit *= 2) {
    const cuts = cutAt(sizes, limit);
    if (cuts.length <= maxChunks + 1) return cuts;
  }
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
