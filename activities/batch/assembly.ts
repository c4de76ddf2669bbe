/**
 * How the chunks' result bodies become one object by a multipart upload, in which every part but the last
 * must have at least 5 MiB (AWS, "Amazon S3 multipart upload limits"). Small bodies, and in formats whose
 * byte order is the row order also the beginnings of large ones, are carried: kept beside the ledger until
 * publish, where they are joined to parts that are large enough.
 */

export const MIN_PART_BYTES = 5 * 1024 * 1024;
/** S3 allows 10,000 parts; each chunk may need two, and one ends the object. */
export const MAX_CHUNKS = 4_900;
/** Carried bytes are flushed into a part of their own from this size on, which bounds publish's memory. */
const FLUSH_BYTES = 16 * 1024 * 1024;

/** Of a result body: bytes carried, counted from its beginning; the rest is uploaded as a part at once. */
export function carriedBytes(bodyBytes: number, ordered: boolean): number {
  if (!ordered) return bodyBytes < MIN_PART_BYTES ? bodyBytes : 0;
  return bodyBytes < 2 * MIN_PART_BYTES ? bodyBytes : MIN_PART_BYTES;
}

/** Part number of a chunk's uploaded rest. Numbers have gaps, which S3 allows. */
export const restPartNumber = (chunk: number): number => 2 * chunk + 2;
const flushPartNumber = (chunk: number): number => 2 * chunk + 1;

interface Placeable {
  bodyBytes: number;
  carriedBytes: number;
}

export type AssembledPart =
  { number: number; kind: 'uploaded'; chunk: number } | { number: number; kind: 'carried'; chunks: number[] };

export interface Assembly {
  /** By part number. The last is always of kind `carried` (perhaps of no chunk): the epilogue goes behind it. */
  parts: AssembledPart[];
  /** Where each chunk's body starts in the object. */
  positions: number[];
  /** Where the epilogue starts. */
  bodyBytes: number;
}

/** Chunks in row order. */
export function assemble(chunks: readonly Placeable[], ordered: boolean): Assembly {
  const parts: AssembledPart[] = [];
  const positions: number[] = Array.from({ length: chunks.length }, () => 0);
  let position = 0;
  let waiting: number[] = [];
  let waitingBytes = 0;

  const flush = (number: number): void => {
    for (const chunk of waiting) {
      positions[chunk] = position;
      position += chunks[chunk]!.carriedBytes;
    }
    parts.push({ number, kind: 'carried', chunks: waiting });
    waiting = [];
    waitingBytes = 0;
  };

  for (const [index, chunk] of chunks.entries()) {
    const rest = chunk.bodyBytes - chunk.carriedBytes;
    if (chunk.carriedBytes > 0) {
      waiting.push(index);
      waitingBytes += chunk.carriedBytes;
    }
    if (waitingBytes >= FLUSH_BYTES || (ordered && rest > 0)) flush(flushPartNumber(index));
    if (rest === 0) continue;
    if (chunk.carriedBytes === 0) positions[index] = position;
    parts.push({ number: restPartNumber(index), kind: 'uploaded', chunk: index });
    position += rest;
  }
  flush(flushPartNumber(chunks.length));
  return { parts, positions, bodyBytes: position };
}
