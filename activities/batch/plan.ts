import type { FormatOptions } from '../../workflows/contract.ts';
import type { ChunkSource } from '../formats/format.ts';
import type { CompiledSelect } from '../engine/select.ts';

/**
 * What a run will do, computed before any byte moves. Plain JSON; a chunk's result bytes are a pure
 * function of it and the chunk's number. Several chunks: kept beside the ledger. One: in the history.
 */
export interface Plan {
  source: {
    key: string;
    /** Pins the version: every read carries it. */
    etag: string;
    /** Bytes. */
    size: number;
    format: string;
    chunks: ChunkSource;
    /** Number of each chunk's first row in the object, where the transformations need it. */
    firstRows?: number[];
  };
  select: CompiledSelect;
  destination: {
    key: string;
    format: string;
    options: FormatOptions;
    /** Of the multipart upload; absent for a run of one chunk. */
    uploadId?: string;
  };
}

export const chunkCount = (plan: Plan): number => plan.source.chunks.cuts.length - 1;

/** What travels through the history. */
export type PlanReference = { kind: 'inline'; plan: Plan } | { kind: 'stored'; key: string };
