/** About 4 GiB in chunks of 64 MiB. */
const MAX_SLICE = 64;
/** So many slices at least, as far as there are chunks, that several workers can share a run. */
const WANTED_SLICES = 8;

/** Chunks that one activity copies. */
export const chunksPerSlice = (chunks: number): number =>
  Math.min(MAX_SLICE, Math.max(1, Math.ceil(chunks / WANTED_SLICES)));
