import type { PlanHints, Run, Statistics } from '../../workflows/contract.ts';
import type { FormatOptions } from '../../workflows/contract/formats.ts';
import type { ColumnChecksums } from '../../workflows/contract/receipt.ts';
import type { TechnicalMetadata } from '../../workflows/contract/metadata.ts';
import type { S3Connection } from '../stores/s3/client.ts';
import type { FormatSecrets } from '../formats/format.ts';
import type { CompiledSelect } from '../engine/select.ts';
import type { ChunkRecord, PublishedObject } from './ledger.ts';
import type { ChunkWork, PieceWork, Plan } from './plan.ts';
import type { RunSecrets } from './run-secrets.ts';
import type { VerbatimWork } from './verbatim/work.ts';

/**
 * Work for an engine process. Connections and secrets hold credentials: they travel over the process's own channel and are
 * never written anywhere.
 */
export type EngineJob =
  | {
      type: 'plan';
      run: Run;
      hints: PlanHints;
      source: S3Connection;
      destination: S3Connection;
      secrets: RunSecrets;
    }
  | {
      type: 'planRun';
      run: Run;
      hints: PlanHints;
      /** Whether a small copy may be made at once. */
      copies: boolean;
      source: S3Connection;
      destination: S3Connection;
      secrets: RunSecrets;
    }
  | {
      type: 'preview';
      run: Run;
      hints: PlanHints;
      /** Wanted rows. */
      rows: number;
      source: S3Connection;
      destination: S3Connection;
      secrets: RunSecrets;
    }
  | {
      type: 'copyChunk';
      secrets: RunSecrets;
      run: Run;
      work: ChunkWork;
      source: S3Connection;
      destination: S3Connection;
    }
  | {
      type: 'copyWhole';
      run: Run;
      work: ChunkWork;
      source: S3Connection;
      destination: S3Connection;
      secrets: RunSecrets;
    }
  | {
      type: 'copyVerbatim';
      run: Run;
      work: VerbatimWork;
      source: S3Connection;
      destination: S3Connection;
    }
  | {
      type: 'copyWholeVerbatim';
      run: Run;
      work: VerbatimWork;
      /** See VerbatimPlan. */
      replaces?: string;
      source: S3Connection;
      destination: S3Connection;
    }
  | {
      type: 'describePublished';
      destination: S3Connection;
      secrets: FormatSecrets;
      format: string;
      options: FormatOptions;
      columns: WrittenColumn[];
      objects: PublishedObject[];
    }
  | {
      type: 'verifyChunk';
      chunk: number;
      destination: S3Connection;
      secrets: FormatSecrets;
      format: string;
      pieces: PieceWork[];
      columns: WrittenColumn[];
    }
  | { type: 'verifyBytes'; work: VerbatimWork; source: S3Connection; destination: S3Connection };

/** With the engine's type. */
type WrittenColumn = CompiledSelect['columns'][number];

export interface PlanJobResult {
  plan: Plan;
  source: TechnicalMetadata;
  destination: TechnicalMetadata;
  warnings: string[];
}

export interface PlanRunJobResult extends PlanJobResult {
  /** Of a small copy that has been made. */
  copied?: CopyWholeResult;
}

export type CopyChunkResult = ChunkRecord;

export interface CopyWholeResult {
  etag: string;
  statistics: Statistics;
  /** Of what was written; absent for a copy byte for byte, and where only an attempt before has got through. */
  checksums?: ColumnChecksums;
}
