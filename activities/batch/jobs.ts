import type { PlanHints, Run, TechnicalMetadata } from '../../workflows/contract.ts';
import type { S3Connection } from '../stores/s3/client.ts';
import type { ChunkRecord } from './ledger.ts';
import type { TransformSecrets } from '../transforms/secrets.ts';
import type { Plan } from './plan.ts';

/**
 * Work for an engine process. Connections and secrets hold credentials: they travel over the process's own channel and are
 * never written anywhere.
 */
export type EngineJob =
  | { type: 'plan'; run: Run; hints: PlanHints; source: S3Connection; secrets: TransformSecrets }
  | {
      type: 'copyChunk';
      run: Run;
      plan: Plan;
      chunk: number;
      source: S3Connection;
      destination: S3Connection;
      secrets: TransformSecrets;
    }
  | {
      type: 'copyWhole';
      run: Run;
      plan: Plan;
      source: S3Connection;
      destination: S3Connection;
      secrets: TransformSecrets;
    };

export interface PlanJobResult {
  plan: Plan;
  source: TechnicalMetadata;
  destination: TechnicalMetadata;
  warnings: string[];
}

export type CopyChunkResult = ChunkRecord;

export interface CopyWholeResult {
  etag: string;
  rowsRead: number;
  rowsWritten: number;
  bytesRead: number;
  bytesWritten: number;
}
