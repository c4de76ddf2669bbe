import type { OpenedUpload } from '../../stores/object-store.ts';
import { MIN_PART_BYTES } from '../assembly.ts';

/**
 * A copy byte for byte: no format, no engine. Objects of one part are kept beside the ledger, or, when one endpoint
 * has both sides, not touched at all until publish; larger ones are parts of an upload.
 */

/** Bytes; an object up to this is one part. */
const PART_BYTES = 16 * 1024 * 1024;
/** The same where the store copies its own bytes: such a part costs no more than a request. */
const SERVER_SIDE_PART_BYTES = 1024 * 1024 * 1024;
/** Parts and objects for one chunk, at most. */
const PIECES_PER_CHUNK = 64;
const MOST_PARTS = 10_000;

/** With the multipart upload for an object of several parts. */
export interface VerbatimObject extends Partial<OpenedUpload> {
  key: string;
  /** Pins the version. */
  etag: string;
  /** Bytes. */
  size: number;
  /** Where it goes. */
  target: string;
  /** Bytes of its parts but the last; absent when it is one part. */
  partBytes?: number;
}

/** A part of an object, or the whole when it is one part. */
interface VerbatimPiece {
  object: number;
  /** Counted from 0. */
  part: number;
}

export interface VerbatimPlan {
  kind: 'verbatim';
  /** Where the objects are. */
  bucket: string;
  /** Ends with `/`; present when there may be several objects. */
  prefix?: string;
  /** Whether the store copies the bytes itself. */
  serverSide: boolean;
  objects: VerbatimObject[];
  chunks: VerbatimPiece[][];
  /** ETag of what lies at the key of a run of one object; absent when there is nothing. */
  replaces?: string;
}

/** The share of a plan that one chunk needs. */
export interface VerbatimWork {
  chunk: number;
  serverSide: boolean;
  /** Of the source. */
  bucket: string;
  pieces: { object: VerbatimObject; part: number }[];
}

/** Divides objects into parts, and parts into chunks of about `chunkBytes`. */
export function planVerbatim(
  objects: readonly Omit<VerbatimObject, 'partBytes' | 'uploadId'>[],
  serverSide: boolean,
  chunkBytes: number,
): Pick<VerbatimPlan, 'serverSide' | 'objects' | 'chunks'> {
  const least = serverSide
    ? SERVER_SIDE_PART_BYTES
    : Math.max(MIN_PART_BYTES, Math.min(PART_BYTES, chunkBytes));
  const planned = objects.map((object): VerbatimObject => {
    const partBytes = Math.max(least, Math.ceil(object.size / MOST_PARTS));
    return object.size <= partBytes ? object : { ...object, partBytes };
  });
  const chunks: VerbatimPiece[][] = [];
  let bytes = 0;
  for (const [number, object] of planned.entries())
    for (let part = 0; part < partsOf(object); part += 1) {
      const { start, end } = partRange(object, part);
      const open = chunks.at(-1);
      if (open === undefined || open.length >= PIECES_PER_CHUNK || bytes + end - start > chunkBytes) {
        chunks.push([{ object: number, part }]);
        bytes = end - start;
      } else {
        open.push({ object: number, part });
        bytes += end - start;
      }
    }
  return { serverSide, objects: planned, chunks };
}

export const partsOf = ({ size, partBytes }: Pick<VerbatimObject, 'size' | 'partBytes'>): number =>
  partBytes === undefined ? 1 : Math.ceil(size / partBytes);

/** Bytes [start, end) of a part. */
export function partRange(
  { size, partBytes = size }: Pick<VerbatimObject, 'size' | 'partBytes'>,
  part: number,
): { start: number; end: number } {
  return { start: part * partBytes, end: Math.min(size, (part + 1) * partBytes) };
}

export function verbatimWork(
  { serverSide, bucket, objects, chunks }: VerbatimPlan,
  chunk: number,
): VerbatimWork {
  return {
    chunk,
    serverSide,
    bucket,
    pieces: chunks[chunk]!.map(({ object, part }) => ({ object: objects[object]!, part })),
  };
}
